namespace Keelson.Store.Host;

/// <summary>
/// Proposals waiting for the commit loop: many threads add, one takes. Bounded in count and bytes; a full queue refuses
/// (etcd: "too many requests"), it never blocks a caller and never grows.
/// </summary>
internal sealed class ProposalQueue(long waitingBytesMax)
{
    /// <summary>
    /// etcd refuses above 5,000 entries between commit and apply (etcd 3.5, v3_server.go,
    /// maxGapBetweenApplyAndCommitIndex).
    /// </summary>
    public const int WaitingMax = 5000;

    private readonly Lock _lock = new();
    private readonly Queue<Proposal> _waiting = new();
    private long _waitingBytes;
    private bool _closed;

    /// <summary>Adds a proposal, or says why not.</summary>
    public StoreError TryAdd(Proposal proposal)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return StoreError.Stopped;
            }

            if (_waiting.Count >= WaitingMax || _waitingBytes + proposal.Request.Length > waitingBytesMax)
            {
                return StoreError.TooManyRequests;
            }

            _waiting.Enqueue(proposal);
            _waitingBytes += proposal.Request.Length;
            return StoreError.None;
        }
    }

    /// <summary>Moves waiting proposals into a batch until it is full; false when there were none.</summary>
    public bool TryFill(Batch batch)
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out Proposal? proposal) && batch.Writer.HasRoom(proposal.Request.Length))
            {
                _waiting.Dequeue();
                _waitingBytes -= proposal.Request.Length;
                batch.Add(proposal);
            }
        }

        return batch.Proposals.Count > 0;
    }

    /// <summary>Bytes of the requests that wait right now.</summary>
    public long WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>Refuses further proposals and returns those that were still waiting.</summary>
    public IReadOnlyList<Proposal> Close()
    {
        lock (_lock)
        {
            _closed = true;
            Proposal[] left = [.. _waiting];
            _waiting.Clear();
            _waitingBytes = 0;
            return left;
        }
    }
}
