using Keelson.Base;
using Keelson.Base.Seams;

namespace Keelson.Store.History;

/// <summary>
/// Segment files open for reading: at most <see cref="HistoryOptions.OpenFilesMax"/> plus those being read right now.
/// Promises: a file is closed only when nobody reads it. Any thread.
/// </summary>
internal sealed class HistoryFiles(IDisk disk, int openMax) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, OpenFile> _open = [];
    private readonly LinkedList<OpenFile> _idle = [];

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns the bytes read.</summary>
    public int Read(HistorySegment segment, int offset, Span<byte> destination)
    {
        OpenFile file = Rent(segment);
        try
        {
            return file.Handle.Read(offset, destination);
        }
        finally
        {
            Return(file);
        }
    }

    /// <summary>Forgets a file that was reclaimed, so that its bytes go back to the disk.</summary>
    public void Close(ulong segment)
    {
        lock (_lock)
        {
            if (_open.Remove(segment, out OpenFile? file))
            {
                file.IsForgotten = true;
                if (file.Idle is { } idle)
                {
                    _idle.Remove(idle);
                    file.Handle.Dispose();
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (OpenFile file in _open.Values)
        {
            Invariant.Require(file.Users == 0);
            file.Handle.Dispose();
        }

        _open.Clear();
        _idle.Clear();
    }

    private OpenFile Rent(HistorySegment segment)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(segment.Id, out OpenFile? file))
            {
                file = new OpenFile(segment.Id, OpenExisting(segment));
                _open.Add(segment.Id, file);
            }

            if (file.Idle is { } idle)
            {
                _idle.Remove(idle);
                file.Idle = null;
            }

            file.Users++;
            return file;
        }
    }

    private IDiskFile OpenExisting(HistorySegment segment)
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

    private void Return(OpenFile file)
    {
        lock (_lock)
        {
            if (--file.Users > 0)
            {
                return;
            }

            if (file.IsForgotten)
            {
                file.Handle.Dispose();
                return;
            }

            file.Idle = _idle.AddLast(file);
            while (_open.Count > openMax && _idle.First is { } oldest)
            {
                _idle.RemoveFirst();
                _open.Remove(oldest.Value.Segment);
                oldest.Value.Handle.Dispose();
            }
        }
    }

    private sealed class OpenFile(ulong segment, IDiskFile handle)
    {
        public ulong Segment { get; } = segment;

        public IDiskFile Handle { get; } = handle;

        public int Users { get; set; }

        public LinkedListNode<OpenFile>? Idle { get; set; }

        public bool IsForgotten { get; set; }
    }
}
