using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>What the apply loop tells and asks its surroundings.</summary>
/// <param name="Pages">For reading the trees.</param>
/// <param name="Published">After each new root, before its callers are answered.</param>
/// <param name="CommitIsAwaited">
/// A lease ends sooner than the commit loop may know, or it may propose again.
/// </param>
/// <param name="OldestReader">The oldest revision that a long reader still needs; trimming waits for it.</param>
internal sealed record ApplyEvents(
    PageStore Pages, Action<StoreState> Published, Action CommitIsAwaited, Func<long> OldestReader)
{
    /// <summary>False while so many pages are dirty that trimming waits for a checkpoint.</summary>
    public Func<bool> MayTrim { get; init; } = static () => true;

    /// <summary>Where callers are answered.</summary>
    public IEngineThreads Threads { get; init; } = EngineThreads.Instance;

    /// <summary>Told durations; null when nobody asks.</summary>
    public IStoreObserver? Observer { get; init; }
}
