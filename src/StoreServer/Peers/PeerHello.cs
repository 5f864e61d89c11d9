using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.StoreServer.Peers;

/// <summary>Who connects to whom, for which lane.</summary>
internal readonly record struct PeerHello(ushort Version, PeerLane Lane, ClusterId Cluster, MemberId From, MemberId To)
{
    public byte[] Encode()
    {
        var payload = new byte[PeerFrameLayout.HelloBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(
            payload.AsSpan(PeerFrameLayout.HelloMagicOffset), PeerFrameLayout.HelloMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(PeerFrameLayout.HelloVersionOffset), Version);
        payload[PeerFrameLayout.HelloLaneOffset] = (byte)Lane;
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(PeerFrameLayout.HelloClusterOffset), Cluster.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(PeerFrameLayout.HelloFromOffset), From.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(PeerFrameLayout.HelloToOffset), To.Value);
        return payload;
    }

    /// <summary>
    /// False when this is no hello. Later versions may append to it: what is here is where it is for ever.
    /// </summary>
    public static bool TryRead(PeerFrame frame, out PeerHello hello)
    {
        hello = default;
        ReadOnlySpan<byte> payload = frame.Payload;
        if (frame.Kind != PeerFrameKind.Hello || payload.Length < PeerFrameLayout.HelloBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(payload) != PeerFrameLayout.HelloMagic)
        {
            return false;
        }

        hello = new PeerHello(
            BinaryPrimitives.ReadUInt16LittleEndian(payload[PeerFrameLayout.HelloVersionOffset..]),
            (PeerLane)payload[PeerFrameLayout.HelloLaneOffset],
            new ClusterId(BinaryPrimitives.ReadUInt64LittleEndian(payload[PeerFrameLayout.HelloClusterOffset..])),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[PeerFrameLayout.HelloFromOffset..])),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[PeerFrameLayout.HelloToOffset..])));
        return true;
    }

    /// <summary>What is wrong with it for this member.</summary>
    public PeerRefusal Judge(ClusterId cluster, MemberId self) =>
        Version != PeerFrameLayout.ProtocolVersion ? PeerRefusal.Version
        : Cluster != cluster ? PeerRefusal.Cluster
        : To != self ? PeerRefusal.Receiver
        : From == self || From.Value == 0 ? PeerRefusal.Sender
        : Lane is not (PeerLane.Urgent or PeerLane.Bulk) ? PeerRefusal.Lane
        : PeerRefusal.None;
}
