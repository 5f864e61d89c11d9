namespace Keelson.Store.Tree;

/// <summary>Keeps the pages of a root readable for longer than a pin may last, until it is disposed.</summary>
internal sealed class PageHold : IDisposable
{
    private readonly PageStore _pages;
    private readonly IReadOnlyList<long> _batches;
    private int _released;

    internal PageHold(PageStore pages, IReadOnlyList<long> batches)
    {
        _pages = pages;
        _batches = batches;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _pages.Release(_batches);
        }
    }
}
