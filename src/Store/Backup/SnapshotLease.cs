using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>A lease in a backup (etcd's leasepb.Lease). Remaining 0 means: the full time to live.</summary>
internal readonly record struct SnapshotLease(LeaseId Id, long TimeToLiveSeconds, long RemainingSeconds)
{
    private const int IdField = 1;
    private const int TimeToLiveField = 2;
    private const int RemainingField = 3;

    public int Size =>
        ProtoSize.Int64(IdField, Id.Value)
        + ProtoSize.Int64(TimeToLiveField, TimeToLiveSeconds)
        + ProtoSize.Int64(RemainingField, RemainingSeconds);

    public static bool TryRead(ReadOnlySpan<byte> message, out SnapshotLease lease)
    {
        long id = 0, timeToLive = 0, remaining = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case IdField: id = reader.ReadInt64(); break;
                case TimeToLiveField: timeToLive = reader.ReadInt64(); break;
                case RemainingField: remaining = reader.ReadInt64(); break;
                default: reader.Skip(); break;
            }
        }

        lease = new SnapshotLease(new LeaseId(id), timeToLive, remaining);
        return !reader.Malformed && id != 0;
    }

    public void Write(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.Int64(IdField, Id.Value);
        writer.Int64(TimeToLiveField, TimeToLiveSeconds);
        writer.Int64(RemainingField, RemainingSeconds);
    }
}
