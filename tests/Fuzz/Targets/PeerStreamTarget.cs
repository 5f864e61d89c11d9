using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Fuzz.Driver;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Peers;

namespace Keelson.Fuzz.Targets;

/// <summary>
/// What one member receives from another: frames, the handshake in the first of them, messages in the others. It ends
/// between two frames, inside one, or with something that is none.
/// </summary>
internal sealed class PeerStreamTarget : FuzzTarget
{
    private const int MessageBytesMax = 1 << 24;
    private static readonly ClusterId Cluster = new(0xC1);
    private static readonly MemberId Self = new(1);

    public override string Name => "peerstream";

    public override int SmokeInputs => 60_000;

    /// <summary>The reader's buffer, and the first piece of a frame that announces more than arrives.</summary>
    public override long AllocatedBytesMax(FuzzInput input) => (2 << 20) + base.AllocatedBytesMax(input);

    public override bool TryReseal(byte[][] parts)
    {
        Span<byte> rest = parts[0];
        while (rest.Length >= PeerFrameLayout.HeaderBytes)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - PeerFrameLayout.HeaderBytes)
            {
                break;
            }

            Span<byte> frame = rest[..(PeerFrameLayout.HeaderBytes + length)];
            BinaryPrimitives.WriteUInt32LittleEndian(
                frame[PeerFrameLayout.PayloadChecksumOffset..], Crc32C.Compute(frame[PeerFrameLayout.HeaderBytes..]));
            BinaryPrimitives.WriteUInt32LittleEndian(
                frame[PeerFrameLayout.HeaderChecksumOffset..],
                Crc32C.Compute(frame[..PeerFrameLayout.HeaderChecksumOffset]));
            rest = rest[frame.Length..];
        }

        return true;
    }

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] bytes = input.Parts[0];
        return () =>
        {
            try
            {
                return ReadAll(bytes);
            }
            catch (Exception exception) when (exception is PeerProtocolException or EndOfStreamException)
            {
                return false;
            }
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus()
    {
        var hello = new PeerHello(PeerFrameLayout.ProtocolVersion, PeerLane.Bulk, Cluster, new MemberId(2), Self);
        byte[] greeting = PeerFrame.Encode(PeerFrameKind.Hello, hello.Encode());
        byte[] welcome = new PeerAnswer(1, PeerRefusal.None, Cluster, Self).Encode();
        byte[] refusal = new PeerAnswer(1, PeerRefusal.Cluster, Cluster, Self).Encode();
        byte[] ping = PeerFrame.EncodeStamp(PeerFrameKind.Ping, 77);
        byte[] pong = PeerFrame.EncodeStamp(PeerFrameKind.Pong, 77);
        return
        [
            new FuzzInput([.. greeting, .. ping, .. Sample(3), .. ping, .. Sample(70_000)]),
            new FuzzInput([.. greeting, .. Sample(0), .. Sample(1), .. Sample(2)]),
            new FuzzInput([.. welcome, .. pong, .. pong]),
            new FuzzInput(refusal),
        ];
    }

    // Everything is there, so no read waits.
    private static bool ReadAll(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var reader = new PeerFrameReader(stream) { PayloadBytesMax = 4096 };
        int taken = 0;
        while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } frame)
        {
            FuzzViolationException.Require(frame.Payload.Length <= reader.PayloadBytesMax, "a frame above the limit");
            taken += PeerFrameLayout.HeaderBytes + frame.Payload.Length;
            Take(frame);
            reader.PayloadBytesMax = MessageBytesMax;
        }

        FuzzViolationException.Require(taken == bytes.Length && reader.Received == taken, "bytes were passed over");
        return taken > 0;
    }

    private static void Take(PeerFrame frame)
    {
        if (PeerHello.TryRead(frame, out PeerHello hello))
        {
            bool isRight = hello.Cluster == Cluster && hello.To == Self && hello.From != Self;
            FuzzViolationException.Require(
                hello.Judge(Cluster, Self) != PeerRefusal.None || isRight, "a stranger is welcome");
        }
        else if (PeerAnswer.TryRead(frame, out PeerAnswer answer))
        {
            FuzzViolationException.Require(
                (frame.Kind == PeerFrameKind.Welcome) == (answer.Refusal == PeerRefusal.None), "an odd answer");
        }
        else if (frame.Kind == PeerFrameKind.Message)
        {
            MessageCodec.TryRead(frame.Payload, out _);
        }
    }

    private static byte[] Sample(int bytes)
    {
        var message = new Message
        {
            Kind = MessageKind.Forward,
            From = new MemberId(2),
            To = Self,
            Term = new Term(4),
            Round = 1,
            Incarnation = 9,
            Entries = [new Raft.Log.Entry(default, default, Raft.Log.EntryKind.Normal, new byte[bytes])],
        };
        var payload = new byte[MessageCodec.Size(message)];
        MessageCodec.Write(message, payload);
        return PeerFrame.Encode(PeerFrameKind.Message, payload);
    }
}
