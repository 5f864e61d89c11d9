namespace Keelson.Store.Host;

/// <summary>Batches for reuse: taken by the commit loop, given back by the apply loop.</summary>
/// <param name="observer">Told how long each request took to apply; null when nobody asks.</param>
internal sealed class BatchPool(IStoreObserver? observer = null)
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

        return new Batch(observer);
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
