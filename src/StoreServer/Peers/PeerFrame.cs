using System.Buffers.Binary;
using Keelson.Base.Codec;

namespace Keelson.StoreServer.Peers;

/// <summary>One frame: its kind and what it holds.</summary>
internal readonly record struct PeerFrame(PeerFrameKind Kind, byte[] Payload)
{
    /// <summary>
    /// Fills in the header before a payload that stands behind it already. The header has a checksum of its own: a
    /// length that was damaged must not be waited for.
    /// </summary>
    public static void Seal(PeerFrameKind kind, Span<byte> frame)
    {
        Span<byte> header = frame[..PeerFrameLayout.HeaderBytes];
        ReadOnlySpan<byte> payload = frame[PeerFrameLayout.HeaderBytes..];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[PeerFrameLayout.PayloadLengthOffset..], payload.Length);
        header[PeerFrameLayout.KindOffset] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[PeerFrameLayout.PayloadChecksumOffset..], Crc32C.Compute(payload));
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[PeerFrameLayout.HeaderChecksumOffset..],
            Crc32C.Compute(header[..PeerFrameLayout.HeaderChecksumOffset]));
    }

    /// <summary>A frame as bytes.</summary>
    public static byte[] Encode(PeerFrameKind kind, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[PeerFrameLayout.HeaderBytes + payload.Length];
        payload.CopyTo(frame.AsSpan(PeerFrameLayout.HeaderBytes));
        Seal(kind, frame);
        return frame;
    }

    /// <summary>A ping, or the pong that answers it.</summary>
    public static byte[] EncodeStamp(PeerFrameKind kind, long stamp)
    {
        Span<byte> payload = stackalloc byte[PeerFrameLayout.PingBytes];
        BinaryPrimitives.WriteInt64LittleEndian(payload, stamp);
        return Encode(kind, payload);
    }

    /// <summary>False when this is no ping and no pong.</summary>
    public bool TryReadStamp(PeerFrameKind kind, out long stamp)
    {
        bool isStamp = Kind == kind && Payload.Length == PeerFrameLayout.PingBytes;
        stamp = isStamp ? BinaryPrimitives.ReadInt64LittleEndian(Payload) : 0;
        return isStamp;
    }
}
