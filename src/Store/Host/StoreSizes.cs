using Keelson.Base.Seams;
using Keelson.Store.History;
using Keelson.Store.Log;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>How much a store holds; any thread, without locks that writers take.</summary>
internal static class StoreSizes
{
    /// <summary>
    /// Bytes that stay after reclaim: history frames that are not dead, and tree pages. Frames are counted when they
    /// are written, so a quota holds from the first one on.
    /// </summary>
    public static long InUse(PageStore pages, HistoryStore history)
    {
        long bytes = (long)pages.PageCount * pages.Options.SplitBytes;
        foreach (HistorySegment segment in history.View.Segments)
        {
            bytes += Math.Max(0, segment.End - segment.DeadBytes);
        }

        return bytes;
    }

    /// <summary>Bytes of all files but the log, whose size says nothing about the data.</summary>
    public static long OnDisk(IDisk disk)
    {
        long bytes = 0;
        foreach (string name in disk.List().Where(name => !IsLog(name)))
        {
            try
            {
                using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
                bytes += file.Length;
            }
            catch (DiskException exception) when (exception.Error == DiskError.NotFound)
            {
                // A checkpoint removed it in between.
            }
        }

        return bytes;
    }

    private static bool IsLog(string name) =>
        LogSegmentName.TryParse(name, out _) || LogSegmentName.IsPrewrite(name);
}
