using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>Record <paramref name="At"/> replaced all earlier entries from <paramref name="From"/> on.</summary>
internal readonly record struct LogTruncation(SequenceNumber At, LogIndex From)
{
    public bool Replaces(in LogRecordHeader entry) => entry.Sequence < At && entry.Index >= From;
}
