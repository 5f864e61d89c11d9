using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>A segment in use. Its entries are all at or below the next segment's IndexMaxBefore.</summary>
internal readonly record struct LogSegment(long Number, SequenceNumber First, LogIndex IndexMaxBefore, int Bytes)
{
    public string Name => LogSegmentName.Of(Number);
}
