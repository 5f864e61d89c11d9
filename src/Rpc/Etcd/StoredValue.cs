using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>A key as it was at some revision: mvccpb.KeyValue.</summary>
public sealed record StoredValue
{
    public required ReadOnlyMemory<byte> Key { get; init; }

    public ReadOnlyMemory<byte> Value { get; init; }

    public Revision CreateRevision { get; init; }

    public Revision ModRevision { get; init; }

    /// <summary>1 after creation, one more with each change; 0 in the event of a deletion.</summary>
    public long Version { get; init; }

    public LeaseId Lease { get; init; }
}
