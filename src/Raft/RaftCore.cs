using Keelson.Base.Seams;
using Keelson.Raft.Forwarding;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;

namespace Keelson.Raft;

/// <summary>
/// Consensus of one member as a state machine (Ongaro and Ousterhout, "In Search of an Understandable Consensus
/// Algorithm", 2014; Ongaro's dissertation for what goes beyond). Synchronous and without side effects: the host brings
/// messages, ticks and news of its disk, and does what <see cref="TakeReady"/> says. Owned by one thread.
/// </summary>
/// <remarks>
/// A configuration counts from the moment it is in a member's log, committed or not, and goes with the entry when that
/// is truncated (Raft, section 6): so a vote never depends on how far a member has applied.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftOptions _options;
    private readonly IRandom _random;
    private readonly RaftLog _log;
    private readonly PendingWrites _writes = new();
    private readonly List<Message> _messages = [];
    private Term _term;
    private MemberId _vote;
    private HardState _written;
    private LogIndex _unwritten = new(1);
    private SnapshotPoint? _snapshot;
    private int _elapsed;
    private int _electionTimeout;

    /// <summary>Begins as a follower that knows no leader.</summary>
    public RaftCore(RaftOptions options, RaftStart start, IEntryReader reader, IRandom random)
    {
        options.Check();
        _options = options;
        _random = random;
        _log = new RaftLog(reader)
        {
            WindowBytesMax = options.WindowBytesMax,
            BacklogBytesMax = options.BacklogBytesMax,
        };
        _log.Reset(start.Base);
        _configurations = new ConfigurationHistory(start.Base.Index, start.Configuration);
        foreach (Entry entry in start.Tail)
        {
            AppendToLog(entry);
            _log.BecomeDurable(entry.Index);
        }

        _log.Resume(start.Applied);
        _unwritten = _log.Last.Next;
        _written = start.HardState;
        _term = start.HardState.Term;
        _vote = start.HardState.Vote;
        _forwards = new ForwardLedger(options.ForwardersMax, start.HardState, options.Self);
        Invariant.Require(_log.LastId.Term <= _term);
        DrawElectionTimeout();
    }

    public MemberId Self => _options.Self;

    public RaftRole Role { get; private set; }

    public Term Term => _term;

    /// <summary>The leader of the term, 0 while it is not known.</summary>
    public MemberId Leader { get; private set; }

    public LogIndex Committed => _log.Committed;

    public EntryId Last => _log.LastId;

    /// <summary>The last entry that is durable here.</summary>
    public LogIndex Durable => _log.Durable;

    /// <summary>The last configuration in the log.</summary>
    public Configuration Configuration => _configurations.Current;

    /// <summary>See <see cref="RaftOptions.WindowBytesMax"/>; a member without others needs next to none.</summary>
    public long WindowBytesMax
    {
        get => _log.WindowBytesMax;
        set => _log.WindowBytesMax = value;
    }

    /// <summary>
    /// False while the host can take no more committed entries: they wait in the log, however many there are.
    /// </summary>
    public bool HandsOut { get; set; } = true;

    /// <summary>Time passed; the host decides how much a tick is.</summary>
    public void Tick()
    {
        _elapsed++;
        if (Role == RaftRole.Leader)
        {
            TickLeader();
        }
        else if (_elapsed >= _electionTimeout)
        {
            Campaign(forced: false);
        }
    }

    /// <summary>A message arrived. Any message in any order is safe, also twice or from long ago.</summary>
    public void Step(Message message)
    {
        if (message.To != Self || message.From == Self || message.From.Value == 0 || message.Term.Value < 0)
        {
            return;
        }

        if (message.Term > _term)
        {
            if (!MeetNewerTerm(message))
            {
                return;
            }
        }
        else if (message.Term < _term)
        {
            AnswerOlderTerm(message);
            return;
        }

        Dispatch(message);
    }

    /// <summary>
    /// The writes up to the one with this number are durable; they become so in order.
    /// </summary>
    public void Persisted(long write)
    {
        LogIndex durable = _writes.Complete(write, _messages);
        if (durable > _log.Durable)
        {
            _log.BecomeDurable(durable);
        }

        if (Role == RaftRole.Candidate && write >= _ownVoteWrite)
        {
            CountVote(Self, granted: true);
        }
        else if (Role == RaftRole.Leader)
        {
            CommitAgreed();
        }
    }

    /// <summary>The host's state, its durable part, holds everything up to here: the log before it may go.</summary>
    public void CompactThrough(LogIndex index)
    {
        if (index > _log.Base.Index)
        {
            _log.CompactThrough(index);
            _configurations.CompactThrough(index);
        }
    }

    /// <summary>Takes everything there is to do; null when there is nothing.</summary>
    public Ready? TakeReady()
    {
        FlushReads();
        FlushAppends();
        var hardState = new HardState(_term, _vote);
        bool writes = HasUnwritten;
        List<Entry> entries = TakeUnwritten();
        var ready = new Ready
        {
            Write = writes ? _writes.Take(entries.Count > 0 ? _log.Last : _snapshot?.Last.Index ?? default) : 0,
            Snapshot = _snapshot,
            HardState = hardState == _written ? null : hardState,
            Entries = entries,
            Messages = TakeMessages(),
            Committed = HandsOut && _snapshot is null ? _log.TakeCommitted(_options.CommittedBytesMax) : [],
            Reads = TakePermits(),
            Forwarded = TakeForwarded(),
            Refused = TakeRefused(),
        };
        _written = hardState;
        _snapshot = null;
        bool any = writes || ready.Messages.Count > 0 || ready.Committed.Count > 0 || ready.Reads.Count > 0
            || ready.Forwarded.Count > 0 || ready.Refused.Count > 0;
        return any ? ready : null;
    }

    private bool HasUnwritten =>
        new HardState(_term, _vote) != _written || _unwritten <= _log.Last || _snapshot is not null;

    private Message[] TakeMessages()
    {
        Message[] messages = [.. _messages];
        _messages.Clear();
        return messages;
    }

    // A large tail leaves in one piece: the host's write is bounded by what the leader had in flight.
    private List<Entry> TakeUnwritten()
    {
        var entries = new List<Entry>();
        while (_unwritten <= _log.Last)
        {
            entries.AddRange(_log.Read(_unwritten, _log.Last, int.MaxValue));
            _unwritten = entries[^1].Index.Next;
        }

        return entries;
    }

    private void AppendToLog(Entry entry)
    {
        _log.Append(entry);
        if (entry.Kind == EntryKind.Configuration)
        {
            bool valid = ConfigurationCodec.TryDecode(entry.Payload.Span, out Configuration configuration, out _);
            Invariant.Require(valid);
            _configurations.Add(entry.Index, configuration);
        }
    }

    private void TruncateLog(LogIndex index)
    {
        _log.TruncateFrom(index);
        _configurations.TruncateFrom(index);
        _writes.TruncateFrom(index);
        _unwritten = index < _unwritten ? index : _unwritten;
    }

    private void DrawElectionTimeout()
    {
        int drawn = (int)(_random.Next() % (ulong)_options.ElectionTicks);
        _electionTimeout = _options.ElectionTicks + drawn + _options.ReluctanceTicks;
    }

    private Message Make(MessageKind kind, MemberId to) => new() { Kind = kind, From = Self, To = to, Term = _term };

    private void Send(Message message) => _messages.Add(message);

    /// <summary>The message promises what is in memory: it leaves when that is durable.</summary>
    private void SendWhenWritten(Message message)
    {
        if (HasUnwritten)
        {
            _writes.Hold(message, _writes.Next);
        }
        else if (!_writes.IsEmpty)
        {
            _writes.Hold(message, _writes.Last);
        }
        else
        {
            Send(message);
        }
    }
}
