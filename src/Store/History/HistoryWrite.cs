namespace Keelson.Store.History;

/// <summary>
/// A write that the host does for a checkpoint or a reclaim. The bytes stay until the next one is asked for.
/// </summary>
internal readonly ref struct HistoryWrite
{
    public required string FileName { get; init; }

    /// <summary>The file does not exist yet: it begins with this write.</summary>
    public bool IsNewFile => Offset == 0;

    public required long Offset { get; init; }

    public required ReadOnlySpan<byte> Bytes { get; init; }
}
