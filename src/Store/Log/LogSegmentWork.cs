using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// Work on segment files for a thread that may wait for the disk: run it there, then hand it back to
/// <see cref="LogAppender.CompleteSegmentWork"/>. A failure ends the node, as every failed write does.
/// </summary>
internal sealed record LogSegmentWork(LogSegmentWorkKind Kind, long Number, long Source, int SegmentBytes)
{
    /// <summary>Written at a time, so that log writes are not held up behind a whole segment.</summary>
    private const int ChunkBytes = 1 << 20;

    public string Name => LogSegmentName.Of(Number);

    /// <summary>
    /// Returns when the result is durable; safe to cut off anywhere and to run again after a restart.
    /// </summary>
    public void Run(IDisk disk)
    {
        switch (Kind)
        {
            case LogSegmentWorkKind.Prewrite:
                string unfinished = LogSegmentName.OfPrewrite(Number);
                Fill(disk, unfinished);
                disk.Rename(unfinished, Name);
                break;
            case LogSegmentWorkKind.Recycle:
                // The old content names its old segment, so that none of it counts under the new name.
                disk.Rename(LogSegmentName.Of(Source), Name);
                break;
            default:
                disk.Delete(LogSegmentName.Of(Source));
                break;
        }

        // Before the first record: a segment whose name is lost would take acknowledged records with it
        // (etcd issues 6368, 6378).
        disk.Sync();
    }

    private void Fill(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpenMode.New);
        var chunk = new byte[Math.Min(ChunkBytes, SegmentBytes)];
        LogPattern.Fill(chunk, Number);
        for (int offset = 0; offset < SegmentBytes; offset += chunk.Length)
        {
            int length = Math.Min(chunk.Length, SegmentBytes - offset);
            file.Write(offset, chunk.AsSpan(0, length));
        }

        file.Sync();
    }
}
