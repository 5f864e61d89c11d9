using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// The file "log-end", which a clean stop leaves behind: the header of the record that would have come next. Whoever
/// finds the log ending there need not search all that lies behind it, a hundred megabytes, for records that would
/// prove a longer one; and whoever finds it shorter knows that durable records are gone.
/// </summary>
/// <remarks>
/// Good for one start: the name is gone, durably, before that start writes anything new. A file that is torn, or left
/// by a deletion that a power cut undid, says nothing wrong: the first is no header, nothing new came after the other.
/// </remarks>
internal static class LogEnd
{
    public const string FileName = "log-end";

    /// <summary>Leaves the file; durable when this returns. Nothing may be written to the log any more.</summary>
    public static void Write(IDisk disk, LogAppender log)
    {
        var bytes = new byte[LogFormat.HeaderBytes];
        log.Following.WriteTo(bytes);
        using (IDiskFile file = disk.Open(FileName, DiskOpenMode.New))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        disk.Sync();
    }

    /// <summary>Null when there is none, or none that says anything.</summary>
    public static LogRecordHeader? TryRead(IDisk disk)
    {
        if (!disk.List().Contains(FileName))
        {
            return null;
        }

        using IDiskFile file = disk.Open(FileName, DiskOpenMode.Existing);
        var bytes = new byte[LogFormat.HeaderBytes];
        int read = file.Read(0, bytes);
        return LogRecordHeader.TryRead(bytes.AsSpan(0, read), out LogRecordHeader header)
            && header.Kind == LogRecordKind.Watermark
            ? header
            : null;
    }

    /// <summary>Removes the file; durable with the directory's next sync.</summary>
    public static void Delete(IDisk disk)
    {
        if (disk.List().Contains(FileName))
        {
            disk.Delete(FileName);
        }
    }
}
