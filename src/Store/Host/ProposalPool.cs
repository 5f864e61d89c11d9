namespace Keelson.Store.Host;

/// <summary>
/// Keeps proposals for reuse, at most <see cref="KeptMax"/> of them, and knows all that are in use.
/// </summary>
internal sealed class ProposalPool
{
    private const int KeptMax = 4096;

    private readonly Lock _lock = new();
    private readonly Stack<Proposal> _kept = new();
    private readonly List<Proposal> _all = [];
    private int _outstanding;

    /// <summary>True while anybody waits for an outcome.</summary>
    public bool HasOutstanding => Volatile.Read(ref _outstanding) > 0;

    public Proposal Rent()
    {
        lock (_lock)
        {
            _outstanding++;
            if (_kept.TryPop(out Proposal? proposal))
            {
                return proposal;
            }

            proposal = new Proposal(this) { Slot = _all.Count };
            _all.Add(proposal);
            return proposal;
        }
    }

    public void Return(Proposal proposal)
    {
        lock (_lock)
        {
            _outstanding--;
            if (_kept.Count < KeptMax)
            {
                _kept.Push(proposal);
            }
            else
            {
                ForgetLocked(proposal);
            }
        }
    }

    /// <summary>Answers all whose callers waited long enough; true when there were any.</summary>
    public bool Abandon(long nowMilliseconds)
    {
        bool any = false;
        lock (_lock)
        {
            for (int slot = _all.Count - 1; slot >= 0 && _outstanding > 0; slot--)
            {
                Proposal proposal = _all[slot];
                if (proposal.TryAbandon(nowMilliseconds))
                {
                    _outstanding--;
                    ForgetLocked(proposal);
                    any = true;
                }
            }
        }

        return any;
    }

    private void ForgetLocked(Proposal proposal)
    {
        Proposal last = _all[^1];
        _all[proposal.Slot] = last;
        last.Slot = proposal.Slot;
        _all.RemoveAt(_all.Count - 1);
    }
}
