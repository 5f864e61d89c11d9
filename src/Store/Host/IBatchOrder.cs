namespace Keelson.Store.Host;

/// <summary>
/// What puts batches in order and says when they are committed: alone, a member's own durable log write; in a cluster,
/// Raft. All members are called on the commit loop's thread.
/// </summary>
internal interface IBatchOrder
{
    /// <summary>
    /// From how many waiting bytes on a batch may be proposed: zero when nothing is under way, some when a batch beside
    /// the others must carry enough to be worth it, <see cref="long.MaxValue"/> when as many as may be are under way.
    /// </summary>
    long BatchBytesMin { get; }

    /// <summary>Takes a finished batch over and gives it its place.</summary>
    void Propose(Batch batch);

    /// <summary>Looks at what completed since the last call (log writes, messages).</summary>
    void Poll();

    /// <summary>
    /// True while something that was proposed could still be taken for a torn tail: see <see cref="Settle"/>.
    /// </summary>
    bool NeedsSettling { get; }

    /// <summary>Nothing waits: closes the window behind the last write.</summary>
    void Settle();

    /// <summary>The next committed batch, in order.</summary>
    bool TryTakeCommitted([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Batch? batch);
}
