using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Replication;

/// <summary>
/// The order of a member of a cluster: brings messages, time and news of the disk to consensus, and does what it says.
/// Batches that are gathered here go to the log when this member leads, and to the leader when another one does.
/// </summary>
internal sealed class ReplicaOrder : IBatchOrder
{
    /// <summary>What consensus keeps in memory of a log that nobody else reads.</summary>
    private const long AloneWindowBytes = 1 << 20;

    /// <summary>After a pause of so long the log's last records are proven durable.</summary>
    private const long SettleMilliseconds = 100;

    private const int LookMilliseconds = 5;

    /// <summary>Batches that may be on their way to another member that leads.</summary>
    private const int ForwardedMax = 8;

    private readonly ReplicaOptions _options;
    private readonly OrderContext _context;
    private readonly RaftOptions _raft;
    private readonly RaftCore _core;
    private readonly LogPlaces _places = new();
    private readonly ReadyLog _log;
    private readonly OwnBatches _own;
    private readonly MessageInbox _inbox = new();
    private readonly ConcurrentQueue<MemberId> _unreachable = new();
    private readonly ConcurrentQueue<TransferRequest> _transfers = new();
    private readonly Queue<Entry> _committed = new();
    private readonly List<long> _questions = [];
    private readonly List<(BatchOrigin Origin, Batch Batch)> _overdue = [];
    private long _tickedMilliseconds;
    private long _lastTimeMilliseconds;
    private long _writtenMilliseconds;
    private Term _committedTerm;
    private MemberId _lastLeader;
    private volatile ReplicaStatus _status;
    private long _appliedTerm;
    private long _committedIndex;
    private long _leaderChanges;
    private bool _isAlone;

    public ReplicaOrder(ReplicaOptions options, OrderContext context)
    {
        _options = options;
        _context = context;
        _own = new OwnBatches(context.Random.Next());
        _log = new ReadyLog(context.Parts.Log, context.Writing);
        context.Parts.Log.Places = _places;
        var reader = new LogEntryReader(context.Parts.Disk, _places);
        var start = new ReplicaStart(options, context.Parts, _places);
        _raft = new RaftOptions { Self = options.Self, ElectionTicks = options.ElectionTicks };
        _core = new RaftCore(_raft, start.Raft, reader, context.Random);
        _committedTerm = context.Parts.State.AppliedTerm;
        _appliedTerm = _committedTerm.Value;
        _lastTimeMilliseconds = Math.Max(start.LastTimeMilliseconds, context.Parts.State.ClusterTimeMilliseconds);
        _tickedMilliseconds = context.Clock.LocalMilliseconds;
        Reads = new ReadBarrier(
            context.Surroundings.Threads, context.Clock, context.Wake, context.Parts.State.AppliedIndex)
        {
            RetryMilliseconds = options.HeartbeatMilliseconds,
            PatienceMilliseconds = options.ReadPatienceMilliseconds,
        };
        _status = TakeStatus();
        SetWindow();
    }

    /// <summary>What this member knows of its cluster. Any thread.</summary>
    public ReplicaStatus Status => _status;

    /// <summary>How far this member knows the log to be committed. Any thread.</summary>
    public LogIndex Committed => new(Volatile.Read(ref _committedIndex));

    /// <summary>How often this member saw another leader than before. Any thread.</summary>
    public long LeaderChanges => Volatile.Read(ref _leaderChanges);

    public ReadBarrier Reads { get; }

    public long BatchBytesMin => _own.Waiting > 0 ? long.MaxValue
        : _core.Role == RaftRole.Leader ? BatchBytesMinAsLeader
        : _core.Leader.Value == 0 || _own.Given >= ForwardedMax ? long.MaxValue
        : _own.Given == 0 ? 0 : LogWriting.OverlapBytesMin;

    public bool KeepsTime => _core.Role == RaftRole.Leader;

    public long DueMilliseconds => Math.Min(
        Math.Min(NeedsTicks ? NextTickMilliseconds : long.MaxValue, Reads.DueMilliseconds),
        IsUnsettled ? SettleDueMilliseconds : long.MaxValue);

    public bool NeedsSettling => IsUnsettled && _context.Clock.LocalMilliseconds >= SettleDueMilliseconds;

    private bool IsUnsettled => _log.IsIdle && _context.Parts.Log.NeedsWatermark;

    private long SettleDueMilliseconds => _writtenMilliseconds + SettleMilliseconds;

    private long BatchBytesMinAsLeader =>
        _log.IsFull || !_context.Parts.Log.HasRoom(_context.EntryBytesMax) ? long.MaxValue
        : _context.Parts.Log.WritesInFlight == 0 ? 0 : LogWriting.OverlapBytesMin;

    private long NextTickMilliseconds => _tickedMilliseconds + _options.HeartbeatMilliseconds;

    /// <summary>Who leads and has nobody to tell so can sleep.</summary>
    private bool NeedsTicks => !(_isAlone && _core.Role == RaftRole.Leader);

    /// <summary>A message from another member. Any thread; false when it had to be dropped.</summary>
    public bool Receive(Message message)
    {
        bool taken = _inbox.TryAdd(message);
        _context.Wake();
        return taken;
    }

    /// <summary>What was sent to this member last may be lost. Any thread.</summary>
    public void ReportUnreachable(MemberId member)
    {
        _unreachable.Enqueue(member);
        _context.Wake();
    }

    /// <summary>
    /// Hands leadership to a voter, or to the fittest when <paramref name="target"/> is 0: whether somebody else led in
    /// the end. Gives up after an election time. Any thread.
    /// </summary>
    public async Task<bool> HandOverAsync(MemberId target, TimeProvider time)
    {
        var request = new TransferRequest(target);
        _transfers.Enqueue(request);
        _context.Wake();
        if (!await request.Begun)
        {
            return false;
        }

        // It takes a round of messages, and is rare: looking is simpler than being told.
        long looks = _options.HeartbeatMilliseconds * _options.ElectionTicks / LookMilliseconds;
        while (IsLedBySelf && looks-- > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(LookMilliseconds), time);
        }

        return !IsLedBySelf;
    }

    private bool IsLedBySelf => _status.Leader == _options.Self || _status.Leader.Value == 0;

    /// <summary>
    /// Completes when this member's published state holds all that was acknowledged anywhere by now. Any thread.
    /// </summary>
    public ValueTask<StoreError> ReadAsync() => IsCurrent
        ? new ValueTask<StoreError>(StoreError.None)
        : new ValueTask<StoreError>(Reads.WaitAsync());

    /// <summary>
    /// True when <see cref="ReadAsync"/> need not be asked: nobody else acknowledges anything, and what this member
    /// acknowledged is published. Any thread.
    /// </summary>
    public bool IsCurrent
    {
        get
        {
            ReplicaStatus status = _status;
            return status.IsAlone && Volatile.Read(ref _appliedTerm) == status.Term.Value;
        }
    }

    /// <remarks>Whoever leads gives it its time: the gatherer's clock is not the cluster's.</remarks>
    public void Propose(Batch batch, long clusterTimeMilliseconds)
    {
        _own.Add(batch);
        GiveBatches();
        Advance();
    }

    public void Poll()
    {
        TakeDurable();
        while (_inbox.TryTake(out Message? message))
        {
            // Without the stream that brings the state, a member that is too far behind stays as it is.
            if (message.Kind != MessageKind.Snapshot)
            {
                _core.Step(message);
            }
        }

        while (_unreachable.TryDequeue(out MemberId member))
        {
            _core.ReportUnreachable(member);
        }

        while (_transfers.TryDequeue(out TransferRequest? transfer))
        {
            MemberId target = transfer.Target.Value != 0 ? transfer.Target : FindSuccessor();
            transfer.Answer(_core.TransferLeadership(target));
        }

        Tick();
        AskToRead();
        GiveBatches();
        Advance();
        _context.Segments.Exchange(_context.Parts.Log);
        _core.CompactThrough(_places.First.Previous);
    }

    public void Settle() => _log.Settle();

    public bool TryTakeCommitted([NotNullWhen(true)] out Batch? batch)
    {
        if (!_committed.TryDequeue(out Entry entry))
        {
            batch = null;
            return false;
        }

        if (entry.Term > _committedTerm)
        {
            _committedTerm = entry.Term;
            _own.TermBegan(entry.Term);
        }

        batch = entry.Kind == EntryKind.Configuration ? ToConfiguration(entry) : ToBatch(entry);
        return true;
    }

    public void Written(LogWrite write) => _log.Written(write);

    public void Published(StoreState state)
    {
        Volatile.Write(ref _appliedTerm, state.AppliedTerm.Value);
        Reads.Published(state.AppliedIndex);
        _options.Published(state);
    }

    public void Finish() => _log.TakeDurable();

    public void Abandon(Exception failure)
    {
        _own.Fail(failure);
        Reads.Close();
        while (_transfers.TryDequeue(out TransferRequest? transfer))
        {
            transfer.Answer(begun: false);
        }
    }

    private bool TakeDurable()
    {
        long write = _log.TakeDurable();
        if (write != 0)
        {
            _core.Persisted(write);
        }

        return write != 0;
    }

    // Ticks that were missed are not made up for: a member that stood still has heard nobody in that time.
    private void Tick()
    {
        if (_isAlone && _core.Role != RaftRole.Leader)
        {
            CampaignAlone();
        }

        long now = _context.Clock.LocalMilliseconds;
        if (now < NextTickMilliseconds)
        {
            return;
        }

        _tickedMilliseconds = now - NextTickMilliseconds < _options.HeartbeatMilliseconds ? NextTickMilliseconds : now;
        _core.Tick();
        SendOverdueAgain();
    }

    /// <summary>Who has most of the log and was heard of; 0 when nobody was.</summary>
    private MemberId FindSuccessor() => _core.Progress
        .Where(each => each.RecentlyActive && _core.Configuration.Voters.Contains(each.Member))
        .MaxBy(each => each.Match)?.Member ?? default;

    /// <summary>Whoever decides alone need not wait for anyone.</summary>
    private void CampaignAlone()
    {
        for (int tick = 0; tick <= 2 * _options.ElectionTicks && _core.Role == RaftRole.Follower; tick++)
        {
            _core.Tick();
        }
    }

    private void AskToRead()
    {
        Reads.TakeQuestions(_questions);
        _questions.ForEach(_core.RequestRead);
        _questions.Clear();
    }

    /// <summary>Does what consensus wants, until it wants nothing more.</summary>
    private void Advance()
    {
        bool again = true;
        while (again)
        {
            _core.HandsOut = _committed.Count == 0;
            Ready? ready = _core.TakeReady();
            if (ready is not null)
            {
                Take(ready);
            }

            _log.Flush(mayWait: _isAlone);
            again = TakeDurable() || ready is not null;
        }

        NoteStatus();
    }

    private void Take(Ready ready)
    {
        if (ready.Write != 0)
        {
            _writtenMilliseconds = _context.Clock.LocalMilliseconds;
            NoteTime(ready.Entries);
            _log.Add(ready);
        }

        foreach (Message message in ready.Messages)
        {
            _options.Send(message);
        }

        foreach (Entry entry in ready.Committed)
        {
            _committed.Enqueue(entry);
        }

        foreach (ReadPermit permit in ready.Reads)
        {
            Reads.Permit(permit.Token, permit.Index);
        }

        foreach (ForwardedProposal proposal in ready.Forwarded)
        {
            TakeForwarded(proposal);
        }

        foreach (RefusedProposal refused in ready.Refused)
        {
            if (refused.Incarnation == _own.Incarnation)
            {
                _own.Refused(refused.Number, refused.Term);
            }
        }
    }

    /// <summary>The end of the log says how late it is in the cluster, for whoever leads next.</summary>
    private void NoteTime(IReadOnlyList<Entry> entries)
    {
        for (int position = entries.Count - 1; position >= 0; position--)
        {
            if (entries[position] is { Kind: EntryKind.Normal, Payload.IsEmpty: false } entry)
            {
                _lastTimeMilliseconds = new BatchReader(entry.Payload.Span).ClusterTimeMilliseconds;
                if (_core.Role != RaftRole.Leader)
                {
                    _context.Clock.GoOnFrom(_lastTimeMilliseconds);
                }

                return;
            }
        }
    }

    private void NoteStatus()
    {
        Volatile.Write(ref _committedIndex, _core.Committed.Value);
        ReplicaStatus before = _status;
        if (before.Role == _core.Role && before.Term == _core.Term && before.Leader == _core.Leader
            && ReferenceEquals(before.Configuration, _core.Configuration))
        {
            return;
        }

        if (before.Role != RaftRole.Leader && _core.Role == RaftRole.Leader)
        {
            // Nobody led meanwhile: that time counts for no lease.
            _context.Clock.GoOnFrom(_lastTimeMilliseconds);
        }

        if (_core.Leader.Value != 0 && _core.Leader != _lastLeader)
        {
            _lastLeader = _core.Leader;
            Volatile.Write(ref _leaderChanges, _leaderChanges + 1);
        }

        _status = TakeStatus();
        SetWindow();
        _options.StatusChanged(_status);
    }

    /// <summary>Kept entries are copied by the garbage collector again and again: none that nobody will want.</summary>
    private void SetWindow() =>
        _core.WindowBytesMax = _isAlone ? AloneWindowBytes : _raft.WindowBytesMax;

    private ReplicaStatus TakeStatus()
    {
        _isAlone = _core.Configuration.IsAlone(_options.Self);
        return new ReplicaStatus(_core.Role, _core.Term, _core.Leader, _core.Configuration)
        {
            IsAlone = _isAlone && _core.Role == RaftRole.Leader,
        };
    }

    /// <summary>Gives waiting batches to whoever leads.</summary>
    private void GiveBatches()
    {
        while (_own.Waiting > 0)
        {
            Batch batch = _own.First;
            BatchOrigin origin = _own.NextOrigin;
            batch.Writer.Finish(_context.Clock.Now, origin);
            // Consensus keeps it for members that are behind, longer than the batch is in use.
            byte[] payload = batch.Writer.Payload.ToArray();
            ProposalResult result = _core.Role == RaftRole.Leader
                ? _core.Propose(_core.Term, payload, out _)
                : _core.Forward(_core.Term, origin.Incarnation, origin.Number, payload);
            if (result is not (ProposalResult.Appended or ProposalResult.Forwarded))
            {
                return;
            }

            _own.GiveFirst(_core.Term, _context.Clock.LocalMilliseconds);
        }
    }

    /// <summary>What a leader was sent may be lost; it takes it once, however often it comes.</summary>
    private void SendOverdueAgain()
    {
        if (_core.Role == RaftRole.Leader || _own.Given == 0)
        {
            return;
        }

        long now = _context.Clock.LocalMilliseconds;
        _own.TakeOverdue(_core.Term, now - _options.ResendMilliseconds, now, _overdue);
        foreach ((BatchOrigin origin, Batch batch) in _overdue)
        {
            _core.Forward(_core.Term, origin.Incarnation, origin.Number, batch.Writer.Payload.ToArray());
        }

        _overdue.Clear();
    }

    private void TakeForwarded(ForwardedProposal proposal)
    {
        byte[] payload = proposal.Payload.ToArray();
        bool isBatch = payload.Length >= BatchLayout.HeaderBytes && !new BatchReader(payload).Malformed;
        if (isBatch)
        {
            BatchWriter.Stamp(payload, _context.Clock.Now);
        }

        if (!isBatch || _core.Propose(proposal.MadeIn, payload, out _) != ProposalResult.Appended)
        {
            _core.RefuseForwarded(proposal);
        }
    }

    private Batch ToBatch(Entry entry)
    {
        Batch batch = TakeOwn(entry.Payload.Span) ?? _context.Batches.Rent();
        batch.Become(entry.Index, entry.Term, entry.Payload);
        return batch;
    }

    /// <summary>The change itself, and in the same batch what it makes of the configuration.</summary>
    private Batch ToConfiguration(Entry entry)
    {
        bool valid = ConfigurationCodec.TryDecode(
            entry.Payload.Span, out Configuration configuration, out ReadOnlySpan<byte> context);
        Invariant.Require(valid);
        Batch batch = TakeOwn(context) ?? _context.Batches.Rent();
        batch.Become(entry.Index, entry.Term, Compose(context, new ConfigurationSetting(entry.Index, configuration)));
        return batch;
    }

    private Batch? TakeOwn(ReadOnlySpan<byte> payload) =>
        !payload.IsEmpty && _own.TryTake(new BatchReader(payload).Origin, out Batch? own) ? own : null;

    private static byte[] Compose(ReadOnlySpan<byte> context, ConfigurationSetting setting)
    {
        var writer = new BatchWriter();
        long time = 0;
        if (!context.IsEmpty)
        {
            var reader = new BatchReader(context);
            time = reader.ClusterTimeMilliseconds;
            while (reader.Next())
            {
                writer.Add(reader.Kind, reader.Request);
            }

            Invariant.Require(!reader.Malformed);
        }

        var request = new ProtoBuffer();
        setting.WriteTo(request);
        writer.Add(RequestKind.Settings, request.Written);
        request.Release();
        writer.Finish(time);
        return writer.Payload.ToArray();
    }
}
