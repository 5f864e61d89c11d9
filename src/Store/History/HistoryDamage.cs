using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>What can be wrong with frames read from disk.</summary>
internal static class HistoryDamage
{
    public static StoreDamageException Missing(HistorySegment segment, int offset, ChangeRevision revision) =>
        new(segment.FileName, offset, $"a frame of revision {revision} from here on", "none");

    /// <summary>The frame is whole, but the tree knows another one.</summary>
    public static StoreDamageException OtherLength(ChangeRevision revision, int expected, int found) =>
        new("history", 0, $"{expected} bytes at revision {revision}, as the tree says", $"{found} bytes");

    public static StoreDamageException CutShort(HistorySegment segment, int offset, int left) =>
        new(segment.FileName, offset, "a whole frame", $"a longer one than the {left} bytes left");

    public static StoreDamageException Checksum(HistorySegment segment, int offset) =>
        new(segment.FileName, offset, "a frame's checksum", "another");
}
