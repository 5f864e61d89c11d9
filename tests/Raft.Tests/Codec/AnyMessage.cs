using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Simulation;

namespace Keelson.Raft.Tests.Codec;

/// <summary>Messages in which every field takes small, large and no values.</summary>
internal sealed class AnyMessage(ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    public Message Next() => new()
    {
        Kind = (MessageKind)(1 + _random.Below((int)MessageKind.ForwardRefused)),
        From = new MemberId(_random.Next() | 1),
        To = new MemberId(1 + (ulong)_random.Below(5)),
        Term = new Term(Number()),
        Previous = NextId(),
        Entries = [.. Enumerable.Range(0, _random.Below(4)).Select(_ => NextEntry())],
        Commit = new LogIndex(Number()),
        Index = new LogIndex(Number()),
        Rejected = _random.Below(2) == 0,
        Hint = NextId(),
        Round = _random.Below(2) == 0 ? Number() : -Number(),
        Incarnation = _random.Below(2) == 0 ? 0 : _random.Next(),
        Forced = _random.Below(2) == 0,
        Configuration = _random.Below(2) == 0 ? null : NextConfiguration(),
    };

    private Entry NextEntry()
    {
        var payload = new byte[_random.Below(50)];
        _random.Fill(payload);
        return new Entry(new LogIndex(Number()), new Term(Number()), (EntryKind)_random.Below(2), payload);
    }

    private EntryId NextId() => new(new LogIndex(Number()), new Term(Number()));

    private Configuration NextConfiguration() => new()
    {
        Voters = NextMembers(),
        Outgoing = NextMembers(),
        Learners = NextMembers(),
        LearnersNext = NextMembers(),
    };

    private MemberId[] NextMembers() =>
        [.. Enumerable.Range(1, 6).Where(_ => _random.Below(3) == 0).Select(id => new MemberId((ulong)id))];

    private long Number() => _random.Below(4) switch
    {
        0 => 0,
        1 => _random.Below(100),
        2 => long.MaxValue - _random.Below(2),
        _ => (long)(_random.Next() >> 1),
    };
}
