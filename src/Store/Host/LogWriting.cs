using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>The two ways of a log write to the disk; both end with the order being told.</summary>
/// <param name="Submit">Hands a write to the log writers and returns at once.</param>
/// <param name="Perform">Writes on the calling thread and returns when it is done.</param>
internal readonly record struct LogWriting(Action<LogWrite> Submit, Action<LogWrite> Perform)
{
    /// <summary>
    /// A write beside others in flight carries at least this much. Every write ends on a block of 4 KiB: with 64
    /// callers of 350 bytes, small overlapped writes cost 2,000 bytes a put, and a wake-up each.
    /// </summary>
    public const long OverlapBytesMin = 16 << 10;

    /// <summary>
    /// A write with nothing beside it and no larger is performed by the commit loop itself, which would only wait for
    /// it: the two switches of thread were a seventh of a put's CPU. While a larger one is under way it is worth having
    /// the next beside it.
    /// </summary>
    public const int OwnWriteBytesMax = 128 << 10;
}
