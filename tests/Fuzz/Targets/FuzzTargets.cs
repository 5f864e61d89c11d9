using Keelson.Fuzz.Driver;

namespace Keelson.Fuzz.Targets;

/// <summary>All parsers of bytes that others wrote: a new one is added here.</summary>
internal static class FuzzTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new WireTarget(),
        new BatchTarget(),
        new FrameTarget(),
        new GrpcTextTarget(),
        new LogTarget(),
        new HistoryStateTarget(),
        new HistorySegmentTarget(),
        new TreePageTarget(),
        new RootTarget(),
        new SnapshotTarget(),
        new RaftMessageTarget(),
        new PeerStreamTarget(),
    ];
}
