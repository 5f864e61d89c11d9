using System.Collections.Immutable;

namespace Keelson.Store.History;

/// <summary>
/// What a root persists of the history. Immutable.
/// </summary>
/// <remarks>
/// Invariants: segments are in revision order; <see cref="Position"/> lies in the last one, which is open, or there is
/// none; ids are below <see cref="NextSegment"/>.
/// </remarks>
internal sealed record HistoryState
{
    public static readonly HistoryState Empty = new()
    {
        Segments = [],
        OpenIndex = [],
        Position = HistoryPosition.Start,
        NextSegment = 1,
    };

    public required ImmutableArray<SegmentState> Segments { get; init; }

    /// <summary>The open segment's sparse index as it will lie in its footer; the others have one on disk.</summary>
    public required ImmutableArray<byte> OpenIndex { get; init; }

    /// <summary>The batch boundary that this state was taken at.</summary>
    public required HistoryPosition Position { get; init; }

    /// <summary>No file with this id or a larger one was ever named by a root.</summary>
    public required ulong NextSegment { get; init; }

    /// <summary>The files that must exist.</summary>
    public IEnumerable<string> FileNames => Segments.Select(segment => HistorySegmentLayout.FileName(segment.Id));
}
