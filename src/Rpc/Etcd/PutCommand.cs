using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

public sealed record PutCommand(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>0 detaches the key from the lease it had.</summary>
    public LeaseId Lease { get; init; }

    public bool ReturnPrevious { get; init; }
}
