using Keelson.Store.Requests;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Lets only so many reads that may be large run at a time: each holds its whole answer in memory, and a hundred
/// clients that list everything at once must not take the server down (etcd issues 12342, 18175).
/// </summary>
internal sealed class WideReadGate : IDisposable
{
    /// <summary>A read of at most so many keys is small enough to run at once.</summary>
    private const long SmallLimit = 1000;

    private const int RunningMax = 8;

    /// <summary>More than these waiting: refused with "too many requests".</summary>
    private const int WaitingMax = 1000;

    private readonly SemaphoreSlim _running = new(RunningMax);
    private int _waiting;

    public static bool IsWide(scoped in RangeRequest request) =>
        !request.RangeEnd.IsEmpty
        && !request.CountOnly
        && (request.Limit is 0 or > SmallLimit || request.NeedsSorting || request.HasRevisionFilter);

    /// <summary>Waits for a turn; false when too many wait already.</summary>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            await _running.WaitAsync(cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Leave() => _running.Release();

    public void Dispose() => _running.Dispose();
}
