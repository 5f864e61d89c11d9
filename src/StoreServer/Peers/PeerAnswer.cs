using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.StoreServer.Peers;

/// <summary>What a hello is answered with: who is here, and why not.</summary>
internal readonly record struct PeerAnswer(ushort Version, PeerRefusal Refusal, ClusterId Cluster, MemberId Member)
{
    public byte[] Encode()
    {
        var payload = new byte[PeerFrameLayout.AnswerBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(PeerFrameLayout.AnswerVersionOffset), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(PeerFrameLayout.AnswerReasonOffset), (ushort)Refusal);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(PeerFrameLayout.AnswerClusterOffset), Cluster.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(PeerFrameLayout.AnswerMemberOffset), Member.Value);
        return PeerFrame.Encode(
            Refusal == PeerRefusal.None ? PeerFrameKind.Welcome : PeerFrameKind.Refusal, payload);
    }

    /// <summary>False when this is no answer, or one that contradicts itself.</summary>
    public static bool TryRead(PeerFrame frame, out PeerAnswer answer)
    {
        answer = default;
        ReadOnlySpan<byte> payload = frame.Payload;
        if (frame.Kind is not (PeerFrameKind.Welcome or PeerFrameKind.Refusal)
            || payload.Length < PeerFrameLayout.AnswerBytes)
        {
            return false;
        }

        answer = new PeerAnswer(
            BinaryPrimitives.ReadUInt16LittleEndian(payload[PeerFrameLayout.AnswerVersionOffset..]),
            (PeerRefusal)BinaryPrimitives.ReadUInt16LittleEndian(payload[PeerFrameLayout.AnswerReasonOffset..]),
            new ClusterId(BinaryPrimitives.ReadUInt64LittleEndian(payload[PeerFrameLayout.AnswerClusterOffset..])),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[PeerFrameLayout.AnswerMemberOffset..])));
        return (frame.Kind == PeerFrameKind.Welcome) == (answer.Refusal == PeerRefusal.None);
    }
}
