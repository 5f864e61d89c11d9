using System.Diagnostics.CodeAnalysis;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// What puts batches in order and says when they are committed: alone, a member's own durable log write; in a cluster,
/// Raft. All members are called on the commit loop's thread, except where it says otherwise.
/// </summary>
internal interface IBatchOrder
{
    /// <summary>When <see cref="Poll"/> has nothing to do of its own accord.</summary>
    const long NeverDue = long.MaxValue;

    /// <summary>
    /// From how many waiting bytes on a batch may be proposed: zero when nothing is under way, some when a batch beside
    /// the others must carry enough to be worth it, <see cref="long.MaxValue"/> when as many as may be are under way.
    /// </summary>
    long BatchBytesMin { get; }

    /// <summary>Whether it is this member that moves cluster time on when nobody writes.</summary>
    bool KeepsTime { get; }

    /// <summary>This clock's time at which <see cref="Poll"/> is due though nobody woke the loop.</summary>
    long DueMilliseconds { get; }

    /// <summary>Takes a gathered batch over, closes it at this cluster time and sees that it gets a place.</summary>
    void Propose(Batch batch, long clusterTimeMilliseconds);

    /// <summary>Looks at what happened since the last call (log writes, messages, time).</summary>
    void Poll();

    /// <summary>
    /// True while something that was proposed could still be taken for a torn tail: see <see cref="Settle"/>.
    /// </summary>
    bool NeedsSettling { get; }

    /// <summary>Nothing waits: closes the window behind the last write.</summary>
    void Settle();

    /// <summary>The next committed batch, in order.</summary>
    bool TryTakeCommitted([NotNullWhen(true)] out Batch? batch);

    /// <summary>A log write is durable. Any thread.</summary>
    void Written(LogWrite write);

    /// <summary>A root was published. On the apply loop's thread.</summary>
    void Published(Mvcc.StoreState state);

    /// <summary>The loops have ended: takes note of the last log writes, and of nothing else.</summary>
    void Finish();

    /// <summary>Fails everything that was proposed and not committed; the loops have ended.</summary>
    void Abandon(Exception failure);
}
