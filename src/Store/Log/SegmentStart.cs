using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>
/// The payload of a segment's first record. <paramref name="IndexMaxBefore"/> is the highest index of any entry in an
/// earlier segment, truncated ones included: once it is applied, no earlier segment is needed.
/// </summary>
internal readonly record struct SegmentStart(long SegmentBytes, LogIndex IndexMaxBefore, HardState HardState)
{
    public void WriteTo(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload[LogFormat.StartSegmentBytesOffset..], SegmentBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload[LogFormat.StartIndexMaxBeforeOffset..], IndexMaxBefore.Value);
        HardState.WriteTo(payload[LogFormat.StartHardStateOffset..]);
    }

    public static SegmentStart ReadFrom(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt64LittleEndian(payload[LogFormat.StartSegmentBytesOffset..]),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(payload[LogFormat.StartIndexMaxBeforeOffset..])),
        HardState.ReadFrom(payload[LogFormat.StartHardStateOffset..]));
}
