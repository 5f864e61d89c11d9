using Keelson.Store.Host;
using Keelson.Store.Log;

namespace Keelson.StoreServer.Replication;

/// <summary>A store's batches are ordered by Raft, with whoever the directory or the options say.</summary>
internal sealed class ReplicaOrdering(ReplicaOptions options) : IOrdering
{
    private bool? _isAlone;

    /// <summary>The order of the store that was opened.</summary>
    public ReplicaOrder Replica { get; private set; } = null!;

    /// <summary>
    /// Who decides alone has committed what is durable; anyone else must ask. A configuration entry may end that.
    /// </summary>
    public bool MayReplay(StoreParts parts, in LogEntryView entry)
    {
        // It stays what the root says until such an entry comes.
        _isAlone ??= ConfigurationSetting.Read(parts, options.Bootstrap).Configuration.IsAlone(options.Self);
        return _isAlone.Value && !entry.IsConfiguration;
    }

    public IBatchOrder Create(OrderContext context)
    {
        Replica = new ReplicaOrder(options, context);
        return Replica;
    }
}
