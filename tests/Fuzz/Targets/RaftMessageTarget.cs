using Keelson.Base.Identity;
using Keelson.Fuzz.Driver;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;

namespace Keelson.Fuzz.Targets;

/// <summary>Messages of consensus. What is read is written as the same bytes: a message has one encoding.</summary>
internal sealed class RaftMessageTarget : FuzzTarget
{
    public override string Name => "raftmessage";

    public override int SmokeInputs => 400_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] bytes = input.Parts[0];
        return () =>
        {
            if (!MessageCodec.TryRead(bytes, out Message? message))
            {
                return false;
            }

            FuzzViolationException.Require(MessageCodec.Size(message) == bytes.Length, "another size");
            var written = new byte[bytes.Length];
            int length = MessageCodec.Write(message, written);
            FuzzViolationException.Require(
                length == bytes.Length && written.AsSpan().SequenceEqual(bytes), "other bytes");
            return true;
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() =>
    [
        Sample(Plain(MessageKind.Heartbeat) with { Commit = new LogIndex(7), Round = 3 }),
        Sample(Plain(MessageKind.Append) with { Previous = Id(6), Commit = new LogIndex(6), Entries = Entries(3) }),
        Sample(Plain(MessageKind.Append) with { Entries = Entries(40) }),
        Sample(Plain(MessageKind.AppendResponse) with { Index = new LogIndex(9), Rejected = true, Hint = Id(4) }),
        Sample(Plain(MessageKind.Vote) with { Previous = Id(9), Forced = true }),
        Sample(Plain(MessageKind.Snapshot) with { Previous = Id(9), Configuration = Everyone() }),
        Sample(Plain(MessageKind.Forward) with { Round = 5, Incarnation = ulong.MaxValue, Entries = Entries(1) }),
    ];

    private static FuzzInput Sample(Message message)
    {
        var bytes = new byte[MessageCodec.Size(message)];
        MessageCodec.Write(message, bytes);
        return new FuzzInput(bytes);
    }

    private static Message Plain(MessageKind kind) =>
        new() { Kind = kind, From = new MemberId(11), To = new MemberId(12), Term = new Term(5) };

    private static EntryId Id(long index) => new(new LogIndex(index), new Term(4));

    private static Entry[] Entries(int count) =>
    [
        .. Enumerable.Range(1, count).Select(index =>
            new Entry(new LogIndex(index), new Term(5), (EntryKind)(index % 2), new byte[index * 3])),
    ];

    private static Configuration Everyone() => new()
    {
        Voters = [new MemberId(11), new MemberId(12)],
        Outgoing = [new MemberId(12)],
        Learners = [new MemberId(13)],
    };
}
