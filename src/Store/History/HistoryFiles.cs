using Keelson.Base.Seams;

namespace Keelson.Store.History;

/// <summary>Segment files open for reading, each found to be the one that its name says.</summary>
internal sealed class HistoryFiles(IDisk disk, int openMax) : IDisposable
{
    private readonly OpenFiles<HistorySegment> _files =
        new(openMax, static segment => segment.Id, segment => OpenExisting(disk, segment));

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns the bytes read.</summary>
    public int Read(HistorySegment segment, int offset, Span<byte> destination) =>
        _files.Read(segment, offset, destination);

    /// <summary>Forgets a file that was reclaimed, so that its bytes go back to the disk.</summary>
    public void Close(ulong segment) => _files.Close(segment);

    public void Dispose() => _files.Dispose();

    private static IDiskFile OpenExisting(IDisk disk, HistorySegment segment)
    {
        try
        {
            IDiskFile file = disk.Open(segment.FileName, DiskOpenMode.Existing);
            CheckHeader(segment, file);
            return file;
        }
        catch (DiskException exception) when (exception.Error == DiskError.NotFound)
        {
            throw new StoreDamageException(segment.FileName, 0, "a segment", "no file");
        }
    }

    /// <summary>The right name may lead to the wrong file; the header says which segment this is.</summary>
    private static void CheckHeader(HistorySegment segment, IDiskFile file)
    {
        Span<byte> header = stackalloc byte[HistorySegmentLayout.HeaderBytes];
        bool isRead = false;
        try
        {
            isRead = file.Read(0, header) == header.Length;
        }
        finally
        {
            if (!isRead)
            {
                file.Dispose();
            }
        }

        if (!isRead || !HistorySegmentLayout.IsHeader(header, segment.Id, segment.First))
        {
            file.Dispose();
            throw new StoreDamageException(segment.FileName, 0, "this segment's header", "other bytes");
        }
    }
}
