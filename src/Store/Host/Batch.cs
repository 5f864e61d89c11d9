using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>One log entry on its way: its bytes, and who waits for its outcomes on this member.</summary>
internal sealed class Batch : IRequestOutcomes, IThreadPoolWorkItem
{
    private Action<Batch>? _answered;

    public BatchWriter Writer { get; } = new();

    /// <summary>In the order of the requests; empty for a batch that another member proposed.</summary>
    public List<Proposal> Proposals { get; } = [];

    public LogIndex Index { get; set; }

    public Term Term { get; set; }

    public void Add(Proposal proposal)
    {
        Writer.Add(proposal.Kind, proposal.Request.Span);
        Proposals.Add(proposal);
    }

    /// <summary>Closes the batch at this cluster time.</summary>
    public void Finish(long clusterTimeMilliseconds) => Writer.Finish(clusterTimeMilliseconds);

    public ProtoBuffer? ResponseOf(int index) => index < Proposals.Count ? Proposals[index].Response : null;

    public void Decided(int index, StoreError error, Revision revision)
    {
        if (index < Proposals.Count)
        {
            Proposals[index].Outcome = new RequestOutcome(error, revision, Term);
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

    /// <summary>Answers the callers on a thread of the pool; <paramref name="answered"/> gets the batch back.</summary>
    public void CompleteOnPool(Action<Batch> answered)
    {
        _answered = answered;
        // One work item a batch: an item and perhaps a woken thread for each caller cost more than the answers.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
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
    }
}
