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

    /// <summary>The kind and the length that a header announces.</summary>
    /// <exception cref="PeerProtocolException">These bytes are no header.</exception>
    public static (PeerFrameKind Kind, int Length) ReadHeader(ReadOnlySpan<byte> header, int payloadBytesMax)
    {
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[PeerFrameLayout.HeaderChecksumOffset..]);
        if (checksum != Crc32C.Compute(header[..PeerFrameLayout.HeaderChecksumOffset]))
        {
            throw new PeerProtocolException("a frame's header does not fit its checksum");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header[PeerFrameLayout.PayloadLengthOffset..]);
        var kind = (PeerFrameKind)header[PeerFrameLayout.KindOffset];
        bool isReserved = header[PeerFrameLayout.ReservedOffset..PeerFrameLayout.PayloadChecksumOffset]
            .ContainsAnyExcept((byte)0);
        if (kind is <= PeerFrameKind.None or > PeerFrameKind.Pong || isReserved)
        {
            throw new PeerProtocolException($"a frame of the unknown kind {(int)kind}");
        }

        if (length < 0 || length > payloadBytesMax)
        {
            throw new PeerProtocolException($"a frame of {length} bytes, at most {payloadBytesMax} are taken");
        }

        return (kind, length);
    }

    /// <exception cref="PeerProtocolException">The payload is not the one that the header was made for.</exception>
    public static void CheckPayload(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[PeerFrameLayout.PayloadChecksumOffset..]);
        if (checksum != Crc32C.Compute(payload))
        {
            throw new PeerProtocolException($"a frame's {payload.Length} bytes do not fit their checksum");
        }
    }
}
