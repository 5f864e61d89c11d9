namespace Keelson.Raft.Replication;

/// <summary>What a leader knows of one member's log.</summary>
internal sealed class Progress(MemberId member, LogIndex next, int messagesMax, long bytesMax)
{
    private readonly InFlight _inFlight = new(messagesMax, bytesMax);
    private bool _accepted;

    public MemberId Member { get; } = member;

    /// <summary>The member holds everything up to here, durably.</summary>
    public LogIndex Match { get; private set; }

    /// <summary>The next entry to send; always above <see cref="Match"/>.</summary>
    public LogIndex Next { get; private set; } = next;

    public ProgressState State { get; private set; } = ProgressState.Probe;

    /// <summary>The member said something since the leader last looked.</summary>
    public bool RecentlyActive { get; set; }

    /// <summary>The last round of heartbeats that it answered.</summary>
    public long Round { get; set; }

    /// <summary>The highest commit index that it was told.</summary>
    public LogIndex CommitSent { get; set; }

    /// <summary>Snapshot: the last entry of the state that it is getting.</summary>
    public LogIndex PendingSnapshot { get; private set; }

    /// <summary>Probe: the one message is on its way.</summary>
    public bool ProbeSent { get; set; }

    /// <summary>
    /// Something is on its way and nothing of it arrived since this was asked last: it may be lost.
    /// </summary>
    public bool NeedsProof()
    {
        bool needs = State == ProgressState.Replicate && _inFlight.Count > 0 && !_accepted;
        _accepted = false;
        return needs;
    }

    public bool IsPaused => State switch
    {
        ProgressState.Probe => ProbeSent,
        ProgressState.Replicate => _inFlight.IsFull,
        _ => true,
    };

    /// <summary>Entries up to <paramref name="last"/> were sent.</summary>
    public void Sent(LogIndex last, long bytes)
    {
        if (State == ProgressState.Replicate)
        {
            _accepted |= _inFlight.Count == 0;
            Next = last.Next;
            _inFlight.Add(last, bytes);
        }
        else
        {
            ProbeSent = true;
        }
    }

    /// <summary>The member holds everything up to <paramref name="index"/>; false when that is old news.</summary>
    public bool Accept(LogIndex index)
    {
        _inFlight.FreeThrough(index);
        _accepted = true;
        if (index <= Match)
        {
            return false;
        }

        Match = index;
        Next = Next > index ? Next : index.Next;
        ProbeSent = false;
        return true;
    }

    /// <summary>
    /// The member's log did not hold <paramref name="rejected"/>; it may agree at <paramref name="hint"/>. False for an
    /// answer to a message that was overtaken.
    /// </summary>
    public bool Reject(LogIndex rejected, LogIndex hint)
    {
        if (State == ProgressState.Replicate)
        {
            if (rejected <= Match)
            {
                return false;
            }

            BecomeProbe();
            Next = Match.Next;
            return true;
        }

        if (rejected != Next.Previous)
        {
            return false;
        }

        // Never at or below what is known to match (raft 3.6 had to learn it).
        LogIndex next = hint.Next < rejected ? hint.Next : rejected;
        Next = next > Match.Next ? next : Match.Next;
        ProbeSent = false;
        return true;
    }

    public void BecomeProbe()
    {
        LogIndex next = State == ProgressState.Snapshot && PendingSnapshot > Match ? PendingSnapshot.Next : Match.Next;
        Enter(ProgressState.Probe);
        Next = next;
    }

    public void BecomeReplicate()
    {
        Enter(ProgressState.Replicate);
        Next = Match.Next;
    }

    public void BecomeSnapshot(LogIndex last)
    {
        Enter(ProgressState.Snapshot);
        PendingSnapshot = last;
    }

    /// <summary>The state that was sent did not arrive: what the member holds is as before.</summary>
    public void ForgetSnapshot() => PendingSnapshot = default;

    private void Enter(ProgressState state)
    {
        State = state;
        ProbeSent = false;
        PendingSnapshot = default;
        _inFlight.Clear();
    }
}
