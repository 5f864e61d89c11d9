using Keelson.Base.Identity;
using Keelson.Store;

namespace Keelson.StoreServer.Replication;

/// <summary>Reads that wait together for one word of the leader: how far to apply first.</summary>
/// <param name="Token">Its name.</param>
internal sealed record ReadGroup(long Token) : IThreadPoolWorkItem
{
    // Its reads go on one after the other on the thread that completes it: they only look at what is published.
    private readonly TaskCompletionSource<StoreError> _done = new();

    /// <summary>This member's time at which the first read of the group came.</summary>
    public required long SinceMilliseconds { get; init; }

    public Task<StoreError> Done => _done.Task;

    /// <summary>When the leader was asked last.</summary>
    public long AskedMilliseconds { get; set; }

    /// <summary>How far to apply, once it is known.</summary>
    public LogIndex? Index { get; set; }

    /// <summary>What became of it; set before it is executed.</summary>
    public StoreError Error { get; set; }

    public void Execute() => _done.TrySetResult(Error);
}
