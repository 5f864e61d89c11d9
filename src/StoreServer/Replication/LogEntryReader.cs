using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Raft.Log;
using Keelson.Store.Log;

namespace Keelson.StoreServer.Replication;

/// <summary>Reads back what has left consensus' memory: for members that are behind.</summary>
internal sealed class LogEntryReader(IDisk disk, LogPlaces places) : IEntryReader
{
    /// <exception cref="DiskException">The log says something else than when it was written.</exception>
    public void Read(LogIndex first, LogIndex last, int bytesMax, ICollection<Entry> entries)
    {
        LogReader? reader = null;
        long segment = 0;
        long bytes = 0;
        try
        {
            for (LogIndex index = first; index <= last; index = index.Next)
            {
                LogPlace place = places[index];
                if (reader is null || segment != place.Segment)
                {
                    reader?.Dispose();
                    segment = place.Segment;
                    reader = new LogReader(disk, segment);
                }

                Entry entry = Read(reader, place, index);
                bytes += entry.Bytes;
                if (entries.Count > 0 && bytes > bytesMax)
                {
                    return;
                }

                entries.Add(entry);
            }
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private static Entry Read(LogReader reader, LogPlace place, LogIndex index)
    {
        if (!reader.TryRead(place.Offset, out LogRecordHeader header, out ReadOnlySpan<byte> record)
            || header.Kind != LogRecordKind.Entry || header.Index != index)
        {
            string name = LogSegmentName.Of(place.Segment);
            throw new DiskException(
                DiskError.Failed, $"{name} at {place.Offset}: expected entry {index}, found {reader.Fault}");
        }

        var id = new EntryId(header.Index, header.Term);
        return ToEntry(id, header.IsConfiguration, record[LogFormat.HeaderBytes..]);
    }

    /// <summary>A record of the log as an entry; its payload is copied.</summary>
    public static Entry ToEntry(EntryId id, bool isConfiguration, ReadOnlySpan<byte> payload) => new(
        id.Index,
        id.Term,
        isConfiguration ? EntryKind.Configuration : EntryKind.Normal,
        payload.ToArray());
}
