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
    private long _wakeFromBytes;
    private bool _closed;

    /// <summary>
    /// Adds a proposal, or says why not. <paramref name="wakes"/>: the commit loop must be woken, because it waits for
    /// no more than what is there now; the first caller alone is told so.
    /// </summary>
    public StoreError TryAdd(Proposal proposal, out bool wakes)
    {
        lock (_lock)
        {
            wakes = false;
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
            wakes = _waitingBytes >= _wakeFromBytes;
            _wakeFromBytes = wakes ? long.MaxValue : _wakeFromBytes;
            return StoreError.None;
        }
    }

    /// <summary>
    /// The commit loop is about to sleep and wants to be woken once so many bytes wait; false when they do already.
    /// A wake-up for every proposal cost more than the proposals: two switches of thread a put.
    /// </summary>
    public bool WakeFrom(long bytes)
    {
        lock (_lock)
        {
            _wakeFromBytes = bytes;
            return _waiting.Count == 0 || _waitingBytes < bytes;
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
                // The bytes of one whose caller was answered early are the caller's again.
                if (!proposal.IsAbandoned)
                {
                    batch.Add(proposal);
                }
            }
        }

        return batch.Proposals.Count > 0;
    }

    /// <summary>
    /// Answers those whose callers waited long enough; they give their places back. Not while a batch is filled: the
    /// bytes of those are the callers' again.
    /// </summary>
    public void Abandon(ProposalPool proposals, long nowMilliseconds)
    {
        lock (_lock)
        {
            if (!proposals.Abandon(nowMilliseconds))
            {
                return;
            }

            for (int left = _waiting.Count; left > 0; left--)
            {
                Proposal proposal = _waiting.Dequeue();
                if (proposal.IsAbandoned)
                {
                    _waitingBytes -= proposal.Request.Length;
                }
                else
                {
                    _waiting.Enqueue(proposal);
                }
            }
        }
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
