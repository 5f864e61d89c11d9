using System.Buffers.Binary;
using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Mvcc;

/// <summary>A granted lease as the lease tree keeps it.</summary>
/// <param name="TtlSeconds">What was granted, and what a keep-alive restores.</param>
/// <param name="DeadlineMilliseconds">Cluster time at which it ends.</param>
internal readonly record struct LeaseEntry(long TtlSeconds, long DeadlineMilliseconds)
{
    public const int PayloadBytesMax = 2 * ProtoSize.VarintBytesMax;

    /// <summary>Ids sort as unsigned numbers; only that the order is fixed matters.</summary>
    public const int IdBytes = sizeof(ulong);

    /// <summary>Deadline, then id: the order in which leases end.</summary>
    public const int DeadlineKeyBytes = 2 * sizeof(ulong);

    public static void WriteId(Span<byte> key, LeaseId id) =>
        BinaryPrimitives.WriteUInt64BigEndian(key, unchecked((ulong)id.Value));

    public static LeaseId ReadId(ReadOnlySpan<byte> key) =>
        new(unchecked((long)BinaryPrimitives.ReadUInt64BigEndian(key)));

    public static void WriteDeadlineKey(Span<byte> key, long deadlineMilliseconds, LeaseId id)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, deadlineMilliseconds);
        WriteId(key[sizeof(long)..], id);
    }

    /// <summary>Writes the payload and returns its length in bytes.</summary>
    public int WritePayload(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.Int64(1, TtlSeconds);
        writer.Int64(2, DeadlineMilliseconds);
        return writer.Position;
    }

    public static LeaseEntry Read(ReadOnlySpan<byte> payload)
    {
        long ttl = 0;
        long deadline = 0;
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                ttl = reader.ReadInt64();
            }
            else
            {
                deadline = reader.ReadInt64();
            }
        }

        Invariant.Require(!reader.Malformed);
        return new LeaseEntry(ttl, deadline);
    }
}
