namespace Keelson.Base.Seams;

/// <summary>
/// Segment files open for reading: at most <paramref name="openMax"/> plus those being read right now; of the others
/// the one that was not read for longest is closed.
/// </summary>
/// <remarks>
/// Promises: a file is closed only when nobody reads it. Any thread; files are opened outside the lock, so that readers
/// of open ones do not wait.
/// </remarks>
/// <typeparam name="TSegment">What the caller knows a file by.</typeparam>
/// <param name="openMax">Files kept open.</param>
/// <param name="numberOf">The segment's number, different for each file.</param>
/// <param name="open">Opens its file.</param>
public sealed class OpenFiles<TSegment>(int openMax, Func<TSegment, ulong> numberOf, Func<TSegment, IDiskFile> open)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, OpenFile> _open = [];
    private readonly LinkedList<OpenFile> _idle = [];

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns the bytes read.</summary>
    public int Read(TSegment segment, long offset, Span<byte> destination)
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

    /// <summary>The file's length in bytes.</summary>
    public long Length(TSegment segment)
    {
        OpenFile file = Rent(segment);
        try
        {
            return file.Handle.Length;
        }
        finally
        {
            Return(file);
        }
    }

    /// <summary>
    /// Forgets a file that was reclaimed, so that its bytes go back to the disk. Nobody may begin to read it any more.
    /// </summary>
    public void Close(ulong number)
    {
        lock (_lock)
        {
            if (_open.Remove(number, out OpenFile? file))
            {
                file.IsForgotten = true;
                CloseUnreadLocked(file);
            }
        }
    }

    /// <summary>Closes all files; no reader may be inside.</summary>
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

    private OpenFile Rent(TSegment segment)
    {
        ulong number = numberOf(segment);
        lock (_lock)
        {
            if (_open.TryGetValue(number, out OpenFile? file))
            {
                return TakeLocked(file);
            }
        }

        IDiskFile handle = open(segment);
        lock (_lock)
        {
            if (_open.TryGetValue(number, out OpenFile? other))
            {
                handle.Dispose();
                return TakeLocked(other);
            }

            var file = new OpenFile(number, handle);
            _open.Add(number, file);
            return TakeLocked(file);
        }
    }

    private OpenFile TakeLocked(OpenFile file)
    {
        if (file.Users++ == 0 && file.Place.List is not null)
        {
            _idle.Remove(file.Place);
        }

        return file;
    }

    private void Return(OpenFile file)
    {
        lock (_lock)
        {
            if (--file.Users > 0)
            {
                return;
            }

            _idle.AddLast(file.Place);
            if (file.IsForgotten)
            {
                CloseUnreadLocked(file);
            }

            while (_open.Count > openMax && _idle.First is { } oldest)
            {
                _open.Remove(oldest.Value.Number);
                CloseUnreadLocked(oldest.Value);
            }
        }
    }

    private void CloseUnreadLocked(OpenFile file)
    {
        if (file.Place.List is not null)
        {
            _idle.Remove(file.Place);
            file.Handle.Dispose();
        }
    }

    private sealed class OpenFile
    {
        public OpenFile(ulong number, IDiskFile handle)
        {
            Number = number;
            Handle = handle;
            Place = new LinkedListNode<OpenFile>(this);
        }

        public ulong Number { get; }

        public IDiskFile Handle { get; }

        /// <summary>Among the idle while nobody reads it.</summary>
        public LinkedListNode<OpenFile> Place { get; }

        public int Users { get; set; }

        public bool IsForgotten { get; set; }
    }
}
