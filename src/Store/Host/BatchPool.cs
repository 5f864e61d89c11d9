namespace Keelson.Store.Host;

/// <summary>Batches for reuse: taken by the commit loop, given back by the apply loop.</summary>
internal sealed class BatchPool
{
    private const int KeptMax = 64;

    private readonly Lock _lock = new();
    private readonly Stack<Batch> _kept = new();

    public Batch Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out Batch? batch))
            {
                return batch;
            }
        }

        return new Batch();
    }

    public void Return(Batch batch)
    {
        batch.Clear();
        lock (_lock)
        {
            if (_kept.Count < KeptMax)
            {
                _kept.Push(batch);
            }
        }
    }
}
