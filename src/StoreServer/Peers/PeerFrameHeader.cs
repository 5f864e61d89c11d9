using System.Buffers.Binary;
using Keelson.Base.Codec;

namespace Keelson.StoreServer.Peers;

/// <summary>What the first bytes of a frame announce.</summary>
internal readonly record struct PeerFrameHeader(PeerFrameKind Kind, int Length, uint PayloadChecksum)
{
    /// <exception cref="PeerProtocolException">These bytes are no header.</exception>
    public static PeerFrameHeader Read(ReadOnlySpan<byte> header, int payloadBytesMax)
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

        return new PeerFrameHeader(
            kind, length, BinaryPrimitives.ReadUInt32LittleEndian(header[PeerFrameLayout.PayloadChecksumOffset..]));
    }

    /// <exception cref="PeerProtocolException">The payload is not the one that the header was made for.</exception>
    public PeerFrame Take(byte[] payload) => PayloadChecksum == Crc32C.Compute(payload)
        ? new PeerFrame(Kind, payload)
        : throw new PeerProtocolException($"a frame's {payload.Length} bytes do not fit their checksum");
}
