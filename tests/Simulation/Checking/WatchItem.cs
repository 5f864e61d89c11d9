using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>What a watch's client received, one response each.</summary>
/// <param name="HeaderRevision">The response header's.</param>
internal abstract record WatchItem(long HeaderRevision)
{
    internal sealed record Created(long HeaderRevision) : WatchItem(HeaderRevision);

    /// <param name="HeaderRevision">The response header's.</param>
    /// <param name="Changes">In order.</param>
    /// <param name="IsFragment">More of the same revision follows.</param>
    internal sealed record Events(long HeaderRevision, IReadOnlyList<WatchEvent> Changes, bool IsFragment)
        : WatchItem(HeaderRevision);

    /// <summary>Everything up to the header's revision was sent.</summary>
    internal sealed record Progress(long HeaderRevision) : WatchItem(HeaderRevision);

    internal sealed record Compacted(long HeaderRevision, long CompactRevision) : WatchItem(HeaderRevision);

    internal sealed record Canceled(long HeaderRevision) : WatchItem(HeaderRevision);
}
