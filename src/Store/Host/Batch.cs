using System.Diagnostics;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>One log entry on its way: its bytes, and who waits for its outcomes on this member.</summary>
internal sealed class Batch(IStoreObserver? observer) : IRequestOutcomes, IThreadPoolWorkItem
{
    private Action<Batch>? _answered;
    private ReadOnlyMemory<byte>? _entry;
    private long _decidedAt;

    public BatchWriter Writer { get; } = new();

    /// <summary>What is applied: what was ordered, or what was gathered while nothing was.</summary>
    public ReadOnlySpan<byte> Payload => _entry is { } entry ? entry.Span : Writer.Payload;

    /// <summary>In the order of the requests; empty for a batch that another member proposed.</summary>
    public List<Proposal> Proposals { get; } = [];

    public LogIndex Index { get; set; }

    public Term Term { get; set; }

    public void Add(Proposal proposal)
    {
        Writer.Add(proposal.Kind, proposal.Request.Span);
        Proposals.Add(proposal);
    }

    /// <summary>It was gathered here, and apply waits for it.</summary>
    public bool IsExpected { get; set; }

    /// <summary>
    /// The entry that it became: another member's, or this one's own with the time that the leader gave it.
    /// </summary>
    public void Become(LogIndex index, Term term, ReadOnlyMemory<byte> payload)
    {
        Index = index;
        Term = term;
        _entry = payload;
    }

    /// <summary>Its first request is about to be applied.</summary>
    public void BeginApply() => _decidedAt = observer is null ? 0 : Stopwatch.GetTimestamp();

    public ProtoBuffer? ResponseOf(int index) => index < Proposals.Count ? Proposals[index].Response : null;

    public void Decided(int index, StoreError error, Revision revision)
    {
        if (index < Proposals.Count)
        {
            Proposals[index].Outcome = new RequestOutcome(error, revision, Term);
            Observe(Proposals[index].Kind, error);
        }
    }

    /// <summary>Tells every caller; the batch's root must be published.</summary>
    private void Complete()
    {
        foreach (Proposal proposal in Proposals)
        {
            proposal.Complete();
        }
    }

    public void Fail(Exception exception)
    {
        foreach (Proposal proposal in Proposals)
        {
            proposal.Fail(exception);
        }
    }

    /// <summary>Answers the callers beside the loops; <paramref name="answered"/> gets the batch back.</summary>
    public void Answer(IEngineThreads threads, Action<Batch> answered)
    {
        _answered = answered;
        // One work item a batch: an item and perhaps a woken thread for each caller cost more than the answers.
        threads.Queue(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Complete();
        _answered!(this);
    }

    public void Clear()
    {
        Writer.Clear();
        Proposals.Clear();
        _entry = null;
        IsExpected = false;
    }

    /// <summary>Requests follow each other, so one look at the clock ends one and begins the next.</summary>
    private void Observe(RequestKind kind, StoreError error)
    {
        if (observer is not null)
        {
            long now = Stopwatch.GetTimestamp();
            observer.Applied(kind, error, Stopwatch.GetElapsedTime(_decidedAt, now));
            _decidedAt = now;
        }
    }
}
