namespace Keelson.Store.Host;

/// <summary>
/// What puts batches in order and says when they are committed: alone, a member's own durable log write; in a cluster,
/// Raft. All members are called on the commit loop's thread.
/// </summary>
internal interface IBatchOrder
{
    /// <summary>
    /// False while what waits had better gather: as many batches are under way as may be, or one is and another beside
    /// it
    /// would carry little.
    /// </summary>
    bool CanPropose(long waitingBytes);

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
