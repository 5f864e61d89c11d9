using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Raft.Replication;

namespace Keelson.Raft;

/// <summary>The leader's side: proposals, what each member has, and what is committed.</summary>
public sealed partial class RaftCore
{
    private readonly SortedDictionary<MemberId, Progress> _progress = [];
    private readonly Queue<(LogIndex Index, int Bytes)> _uncommitted = new();
    private long _uncommittedBytes;
    private int _heartbeatElapsed;
    private long _oldestWrite;
    private int _oldestWriteTicks;

    /// <summary>What the leader knows of the others, in ascending order; empty at everyone else.</summary>
    public IReadOnlyList<MemberProgress> Progress =>
        [.. _progress.Values.Select(each => new MemberProgress(
            each.Member, each.Match, each.Next, each.State, each.RecentlyActive))];

    /// <summary>Adds an entry to the leader's log.</summary>
    /// <param name="madeIn">The term in which the caller decided to propose it.</param>
    /// <param name="payload">Not to be changed afterwards.</param>
    /// <param name="entry">What it became.</param>
    public ProposalResult Propose(Term madeIn, ReadOnlyMemory<byte> payload, out EntryId entry)
    {
        entry = default;
        ProposalResult result = MayPropose(madeIn);
        if (result == ProposalResult.Appended)
        {
            entry = AppendOwn(EntryKind.Normal, payload);
        }

        return result;
    }

    /// <summary>The member could not be reached: what was sent last may be lost.</summary>
    public void ReportUnreachable(MemberId member)
    {
        if (_progress.TryGetValue(member, out Progress? progress) && progress.State == ProgressState.Replicate)
        {
            progress.BecomeProbe();
        }
    }

    /// <summary>
    /// The stream that <see cref="MessageKind.Snapshot"/> asked for has ended. The next heartbeat finds out what the
    /// member holds now.
    /// </summary>
    public void ReportSnapshot(MemberId member, bool arrived)
    {
        if (_progress.TryGetValue(member, out Progress? progress) && progress.State == ProgressState.Snapshot)
        {
            if (!arrived)
            {
                progress.ForgetSnapshot();
            }

            progress.BecomeProbe();
            progress.ProbeSent = true;
        }
    }

    private ProposalResult MayPropose(Term madeIn) =>
        Role != RaftRole.Leader ? ProposalResult.NotLeader
        : madeIn != _term ? ProposalResult.TermIsOver
        : _transferee.Value != 0 ? ProposalResult.Transferring
        : _uncommittedBytes > _options.UncommittedBytesMax ? ProposalResult.TooMuch
        : ProposalResult.Appended;

    private EntryId AppendOwn(EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        var entry = new Entry(_log.Last.Next, _term, kind, payload);
        AppendToLog(entry);
        _uncommitted.Enqueue((entry.Index, entry.Bytes));
        _uncommittedBytes += entry.Bytes;
        return new EntryId(entry.Index, entry.Term);
    }

    private void BecomeLeader()
    {
        Role = RaftRole.Leader;
        Leader = Self;
        _elapsed = 0;
        _heartbeatElapsed = 0;
        _oldestWriteTicks = 0;
        _forwards.Lead(_term);
        FollowConfiguration();
        // Only an entry of the own term commits those before it (Raft, section 5.4.2).
        AppendOwn(EntryKind.Normal, default);
        SendHeartbeats();
    }

    private void StopLeading()
    {
        _progress.Clear();
        _uncommitted.Clear();
        _uncommittedBytes = 0;
        _transferee = default;
        RefuseReads();
        RefuseWaiting();
    }

    private void TickLeader()
    {
        WatchDisk();
        TickTransfer();
        if (_elapsed >= _options.ElectionTicks)
        {
            _elapsed = 0;
            if (!HeardFromQuorum())
            {
                BecomeFollower(_term, default);
                return;
            }
        }

        if (++_heartbeatElapsed >= _options.HeartbeatTicks)
        {
            SendHeartbeats();
        }
    }

    private bool HeardFromQuorum()
    {
        bool heard = Configuration.Decide(
            member => member == Self || (_progress.TryGetValue(member, out Progress? each) && each.RecentlyActive))
            == true;
        foreach (Progress progress in _progress.Values)
        {
            progress.RecentlyActive = false;
        }

        return heard;
    }

    // A leader whose disk stands still holds up everyone while others could go on.
    private void WatchDisk()
    {
        bool stands = !_writes.IsEmpty && _writes.Oldest == _oldestWrite;
        _oldestWriteTicks = stands ? _oldestWriteTicks + 1 : 0;
        _oldestWrite = _writes.Oldest;
        if (_oldestWriteTicks < _options.ElectionTicks || _transferee.Value != 0)
        {
            return;
        }

        _oldestWriteTicks = 0;
        Progress? best = _progress.Values
            .Where(each => each.RecentlyActive && Configuration.Voters.Contains(each.Member))
            .MaxBy(each => each.Match);
        if (best is not null)
        {
            TransferLeadership(best.Member);
        }
    }

    private void SendHeartbeats()
    {
        _heartbeatElapsed = 0;
        foreach (Progress progress in _progress.Values)
        {
            LogIndex commit = progress.Match < _log.Committed ? progress.Match : _log.Committed;
            Send(Make(MessageKind.Heartbeat, progress.Member) with { Commit = commit, Round = _round });
        }
    }

    private void TakeFromMember(Message message)
    {
        if (message.Kind == MessageKind.ReadIndex)
        {
            TakeReadRequest(message);
        }

        if (Role != RaftRole.Leader || !_progress.TryGetValue(message.From, out Progress? progress))
        {
            return;
        }

        progress.RecentlyActive = true;
        if (message.Kind == MessageKind.AppendResponse)
        {
            TakeAppendResponse(progress, message);
        }
        else if (message.Kind == MessageKind.HeartbeatResponse)
        {
            TakeHeartbeatResponse(progress, message.Round);
        }
    }

    private void TakeAppendResponse(Progress progress, Message message)
    {
        if (message.Rejected)
        {
            progress.Reject(message.Index, _log.LastAtMost(message.Hint.Index, message.Hint.Term).Index);
            return;
        }

        if (message.Index > _log.Last)
        {
            return;
        }

        bool finds = progress.State == ProgressState.Probe && message.Index == progress.Match;
        if (!progress.Accept(message.Index) && !finds)
        {
            return;
        }

        if (progress.State == ProgressState.Probe
            || (progress.State == ProgressState.Snapshot && progress.Match >= _log.Base.Index))
        {
            progress.BecomeReplicate();
        }

        CommitAgreed();
        ContinueTransfer(progress);
    }

    // Streams keep order, so what is missing after a heartbeat came back was lost with a connection: an append without
    // entries finds out.
    private void TakeHeartbeatResponse(Progress progress, long round)
    {
        progress.ProbeSent = false;
        if (progress.NeedsProof())
        {
            SendAppend(progress, withEntries: false);
        }

        progress.Round = Math.Max(progress.Round, Math.Min(round, _round));
        GrantReads();
    }

    private LogIndex Reached(MemberId member) => member == Self
        ? _log.Durable
        : _progress.TryGetValue(member, out Progress? progress) ? progress.Match : default;

    private void CommitAgreed()
    {
        LogIndex agreed = Configuration.Agreed(Reached);
        if (agreed <= _log.Committed || _log.TermOf(agreed) != _term)
        {
            return;
        }

        _log.Commit(agreed);
        while (_uncommitted.TryPeek(out (LogIndex Index, int Bytes) oldest) && oldest.Index <= agreed)
        {
            _uncommitted.Dequeue();
            _uncommittedBytes -= oldest.Bytes;
        }

        FinishConfiguration();
    }

    // One pass for everything that happened since the last one: a batch costs each member one message.
    private void FlushAppends()
    {
        foreach (Progress progress in _progress.Values)
        {
            SendAppends(progress);
        }
    }

    private void SendAppends(Progress progress)
    {
        while (!progress.IsPaused && progress.Next <= _log.Last)
        {
            SendAppend(progress, withEntries: true);
        }

        bool asks = progress.State == ProgressState.Probe && !progress.ProbeSent;
        bool tells = !progress.IsPaused && progress.State == ProgressState.Replicate
            && progress.CommitSent < _log.Committed;
        if (asks || tells)
        {
            SendAppend(progress, withEntries: false);
        }
    }

    private void SendAppend(Progress progress, bool withEntries)
    {
        LogIndex previous = progress.Next.Previous;
        if (_log.TermOf(previous) is not { } term)
        {
            // The log begins behind what the member needs.
            SendSnapshot(progress);
            return;
        }

        IReadOnlyList<Entry> entries =
            withEntries ? _log.Read(progress.Next, _log.Last, _options.AppendBytesMax) : [];
        Send(Make(MessageKind.Append, progress.Member) with
        {
            Previous = new EntryId(previous, term),
            Entries = entries,
            Commit = _log.Committed,
        });
        progress.CommitSent = _log.Committed;
        if (entries.Count > 0 || progress.State == ProgressState.Probe)
        {
            progress.Sent(entries.Count > 0 ? entries[^1].Index : previous, entries.Sum(entry => (long)entry.Bytes));
        }
    }

    private void SendSnapshot(Progress progress)
    {
        Send(Make(MessageKind.Snapshot, progress.Member) with
        {
            Previous = _log.Base,
            Configuration = _configurations.At(_log.Base.Index),
        });
        progress.BecomeSnapshot(_log.Base.Index);
    }
}
