using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>How a store's batches come to be in order: chosen before it is opened.</summary>
internal interface IOrdering
{
    /// <summary>
    /// Whether a start applies this entry of the log, the next one behind <paramref name="parts"/>' state. The first
    /// that it does not apply, and all behind that one, are left to the order.
    /// </summary>
    bool MayReplay(StoreParts parts, in LogEntryView entry);

    /// <summary>The order, once the store is open.</summary>
    IBatchOrder Create(OrderContext context);
}
