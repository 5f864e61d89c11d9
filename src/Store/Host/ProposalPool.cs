namespace Keelson.Store.Host;

/// <summary>Keeps proposals for reuse, at most <see cref="KeptMax"/> of them.</summary>
internal sealed class ProposalPool
{
    private const int KeptMax = 4096;

    private readonly Lock _lock = new();
    private readonly Stack<Proposal> _kept = new();

    public Proposal Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out Proposal? proposal))
            {
                return proposal;
            }
        }

        return new Proposal(this);
    }

    public void Return(Proposal proposal)
    {
        lock (_lock)
        {
            if (_kept.Count < KeptMax)
            {
                _kept.Push(proposal);
            }
        }
    }
}
