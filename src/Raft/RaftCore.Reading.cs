using Keelson.Raft.Messages;
using Keelson.Raft.Replication;

namespace Keelson.Raft;

/// <summary>
/// Reads that see everything acknowledged before them, without an entry in the log: the leader proves to itself that it
/// still leads (dissertation, section 6.4). Reads that wait together share one round of heartbeats.
/// </summary>
public sealed partial class RaftCore
{
    private readonly List<Reader> _nextRound = [];
    private readonly Queue<Round> _rounds = new();
    private readonly List<ReadPermit> _permits = [];
    private long _round;

    /// <summary>
    /// Asks how far to apply before a read may be answered. The permit comes with a <see cref="Ready"/>; on a follower
    /// it may not come at all, when a message is lost: the host asks again after a while.
    /// </summary>
    /// <param name="token">The host's name for the read.</param>
    public void RequestRead(long token)
    {
        if (Role == RaftRole.Leader)
        {
            _nextRound.Add(new Reader(Self, token));
        }
        else if (Leader.Value == 0)
        {
            _permits.Add(new ReadPermit(token, null));
        }
        else
        {
            Send(Make(MessageKind.ReadIndex, Leader) with { Round = token });
        }
    }

    private void TakeReadRequest(Message message)
    {
        if (Role == RaftRole.Leader)
        {
            _nextRound.Add(new Reader(message.From, message.Round));
        }
        else
        {
            Refuse(new Reader(message.From, message.Round));
        }
    }

    private void TakeReadIndex(Message message) =>
        _permits.Add(new ReadPermit(message.Round, message.Rejected ? null : message.Index));

    // A round has a number of its own: answers to an earlier one prove nothing for a read that came later.
    private void FlushReads()
    {
        bool knowsItsCommit = Role == RaftRole.Leader && _log.TermOf(_log.Committed) == _term;
        if (_nextRound.Count == 0 || !knowsItsCommit)
        {
            return;
        }

        _round++;
        _rounds.Enqueue(new Round(_round, _log.Committed, [.. _nextRound]));
        _nextRound.Clear();
        SendHeartbeats();
        GrantReads();
    }

    private void GrantReads()
    {
        while (_rounds.TryPeek(out Round? round) && IsConfirmed(round.Number))
        {
            _rounds.Dequeue();
            foreach (Reader reader in round.Readers)
            {
                Grant(reader, round.Index);
            }
        }
    }

    private bool IsConfirmed(long round) => Configuration.Decide(
        member => member == Self || (_progress.TryGetValue(member, out Progress? each) && each.Round >= round)) == true;

    private void Grant(Reader reader, LogIndex index)
    {
        if (reader.Member == Self)
        {
            _permits.Add(new ReadPermit(reader.Token, index));
        }
        else
        {
            Send(Make(MessageKind.ReadIndexResponse, reader.Member) with { Index = index, Round = reader.Token });
        }
    }

    private void Refuse(Reader reader)
    {
        if (reader.Member == Self)
        {
            _permits.Add(new ReadPermit(reader.Token, null));
        }
        else
        {
            Send(Make(MessageKind.ReadIndexResponse, reader.Member) with { Rejected = true, Round = reader.Token });
        }
    }

    private void RefuseReads()
    {
        _rounds.SelectMany(round => round.Readers).Concat(_nextRound).ToList().ForEach(Refuse);
        _rounds.Clear();
        _nextRound.Clear();
    }

    private ReadPermit[] TakePermits()
    {
        ReadPermit[] permits = [.. _permits];
        _permits.Clear();
        return permits;
    }

    private readonly record struct Reader(MemberId Member, long Token);

    private sealed record Round(long Number, LogIndex Index, IReadOnlyList<Reader> Readers);
}
