using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>A store alone: all that is durable is committed.</summary>
internal sealed class SoloOrdering : IOrdering
{
    public bool MayReplay(StoreParts parts, in LogEntryView entry) => true;

    public IBatchOrder Create(OrderContext context) =>
        new SoloOrder(context.Parts.Log, context.Segments, context.Writing, context.EntryBytesMax);
}
