using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>What Raft must never forget (Raft, figure 2): durable before any vote is answered.</summary>
internal readonly record struct HardState(Term Term, MemberId Vote)
{
    public void WriteTo(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload[LogFormat.HardStateTermOffset..], Term.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[LogFormat.HardStateVoteOffset..], Vote.Value);
    }

    public static HardState ReadFrom(ReadOnlySpan<byte> payload) => new(
        new Term(BinaryPrimitives.ReadInt64LittleEndian(payload[LogFormat.HardStateTermOffset..])),
        new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[LogFormat.HardStateVoteOffset..])));
}
