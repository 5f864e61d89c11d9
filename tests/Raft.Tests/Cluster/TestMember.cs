using Keelson.Base.Seams;
using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>One member with its disk: plays the host that a core needs.</summary>
internal sealed class TestMember
{
    private readonly IRandom _random;
    private readonly Func<MemberId, RaftOptions> _options;
    private readonly List<PendingWrite> _writes = [];
    private readonly List<ForwardedProposal> _forwarded = [];
    private readonly SafetyChecker _checker;
    private int _starts;
    private List<Term>? _diskTerms;
    private List<Term>? _logTerms;

    public TestMember(
        MemberId id, StateImage start, Func<MemberId, RaftOptions> options, IRandom random, SafetyChecker checker)
    {
        Id = id;
        _options = options;
        _random = random;
        _checker = checker;
        Disk = new DurableImage(start);
        State = start;
        Core = NewCore();
    }

    public MemberId Id { get; }

    public RaftCore Core { get; private set; }

    public DurableImage Disk { get; }

    /// <summary>What it has applied; may run ahead of what its disk holds.</summary>
    public StateImage State { get; private set; }

    public bool IsDown { get; private set; }

    public IReadOnlyList<PendingWrite> Writes => _writes;

    public List<ReadPermit> Permits { get; } = [];

    /// <summary>The number of its process, another one after each start.</summary>
    public ulong Incarnation => (Id.Value << 32) + (ulong)_starts;

    /// <summary>What it learned will never happen.</summary>
    public List<RefusedProposal> Refused { get; } = [];

    /// <summary>What others forwarded stays with the host until <see cref="ProposeForwarded"/>.</summary>
    public bool KeepsForwarded { get; set; }

    /// <summary>What the invariants of the cluster are about; the same lists as long as they do not change.</summary>
    public MemberView View()
    {
        _diskTerms ??= Disk.Terms();
        _logTerms ??= Terms();
        bool isInstalling = _writes.Exists(write => write.Installed is not null);
        return new MemberView
        {
            Id = Id,
            Term = IsDown ? Disk.HardState.Term : Core.Term,
            IsLeader = !IsDown && Core.Role == RaftRole.Leader,
            Committed = IsDown ? Disk.State.Last.Index : Core.Committed,
            Log = _logTerms,
            Disk = _diskTerms,
            Applied = IsDown || isInstalling ? default : State.Last.Index,
            Configuration = Core.Configuration,
        };
    }

    /// <summary>Does what the core asks for except finishing writes; returns what is to be sent.</summary>
    public IReadOnlyList<Message> Run(Func<Message, StateImage?> stateOf)
    {
        var messages = new List<Message>();
        while (!IsDown && Core.TakeReady() is { } ready)
        {
            messages.AddRange(ready.Messages);
            Permits.AddRange(ready.Reads);
            if (ready.Write > 0)
            {
                LogChanged();
                StateImage? installed = ready.Snapshot is null ? null : stateOf(Installing!);
                _writes.Add(new PendingWrite(ready.Write, installed, ready.HardState, ready.Entries));
                State = installed ?? State;
            }

            foreach (Entry entry in ready.Committed)
            {
                _checker.Applied(this, entry);
                State = State.With(entry);
            }

            Forward(ready);
        }

        _checker.Check(this);
        return messages;
    }

    /// <summary>Proposes what others forwarded, or refuses it.</summary>
    public void ProposeForwarded()
    {
        foreach (ForwardedProposal proposal in _forwarded)
        {
            if (Core.Propose(proposal.MadeIn, proposal.Payload, out _) != ProposalResult.Appended)
            {
                Core.RefuseForwarded(proposal);
            }
        }

        _forwarded.Clear();
    }

    /// <summary>The snapshot message that is being taken, for <see cref="Run"/>.</summary>
    public Message? Installing { get; private set; }

    public void Step(Message message)
    {
        if (message.Kind == MessageKind.Snapshot)
        {
            Installing = message;
        }

        Core.Step(message);
    }

    public void FinishWrite()
    {
        if (_writes.Count > 0)
        {
            PendingWrite write = _writes[0];
            _writes.RemoveAt(0);
            LogChanged();
            Disk.Complete(write);
            Core.Persisted(write.Number);
        }
    }

    public void Checkpoint() => Disk.Checkpoint(State.Last.Index > Core.Durable ? Disk.State : State);

    public void Compact()
    {
        if (Disk.State.Last.Index > Disk.LogBase.Last.Index && _writes.TrueForAll(write => write.Installed is null))
        {
            Disk.CompactLog(Disk.State);
            Core.CompactThrough(Disk.State.Last.Index);
        }
    }

    /// <summary>Some of the writes under way reach the disk, in order; nothing else survives.</summary>
    public void Crash(int written)
    {
        LogChanged();
        _writes.Take(written).ToList().ForEach(Disk.Complete);
        _writes.Clear();
        _forwarded.Clear();
        Permits.Clear();
        IsDown = true;
    }

    public void Restart()
    {
        IsDown = false;
        LogChanged();
        _starts++;
        State = Disk.State;
        Core = NewCore();
        _checker.Restarted(this);
    }

    private void LogChanged() => (_logTerms, _diskTerms) = (null, null);

    // What the disk holds, and what it is about to.
    private List<Term> Terms()
    {
        List<Term> terms = Disk.Terms();
        foreach (PendingWrite write in _writes)
        {
            if (write.Installed is { } installed)
            {
                terms = [.. installed.Applied.Select(entry => entry.Term)];
            }

            if (write.Entries.Count > 0)
            {
                int kept = (int)write.Entries[0].Index.Value - 1;
                terms.RemoveRange(kept, terms.Count - kept);
                terms.AddRange(write.Entries.Select(entry => entry.Term));
            }
        }

        return terms;
    }

    private void Forward(Ready ready)
    {
        foreach (ForwardedProposal proposal in ready.Forwarded)
        {
            _checker.Forwards.HandedOut(proposal);
            _forwarded.Add(proposal);
        }

        foreach (RefusedProposal refused in ready.Refused)
        {
            _checker.Forwards.Refused(refused);
            Refused.Add(refused);
        }

        if (!KeepsForwarded)
        {
            ProposeForwarded();
        }
    }

    private RaftCore NewCore() => new(
        _options(Id),
        new RaftStart(Disk.HardState, Disk.LogBase.Last, Disk.LogBase.Configuration, Disk.State.Last.Index, Disk.Log),
        Disk,
        _random);
}
