using System.Diagnostics;
using Keelson.Base;
using Keelson.Base.Seams;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// Threads that do nothing but perform log writes durably, so that no other work delays one.
/// </summary>
/// <remarks>
/// Promises: each submitted write is reported exactly once, on a writer thread, with null or with what went wrong.
/// After the first failure nothing is written any more: the later writes are reported with the same failure. The queue
/// never holds more than an appender may have in flight.
/// </remarks>
internal sealed class LogWriterPool : ILogWriters
{
    /// <summary>Files kept open though nobody writes to them: the newest ones.</summary>
    private const int IdleFilesMax = 2;

    private readonly Lock _lock = new();
    private readonly IDisk _disk;
    private readonly Action<LogWrite, Exception?> _completed;
    private readonly IStoreObserver? _observer;
    private readonly Queue<LogWrite> _waiting = new(LogOptions.WritesInFlightMax);
    private readonly Dictionary<long, SegmentFile> _files = [];
    private readonly Writer[] _writers;
    private readonly Stack<Writer> _idle = new();
    private Exception? _failure;
    private bool _stopping;

    /// <param name="disk">Where the segments are.</param>
    /// <param name="completed">Called on a writer thread; must be quick and not throw.</param>
    /// <param name="threads">Writes at a time.</param>
    /// <param name="observer">Told of each write; null when nobody asks.</param>
    public LogWriterPool(
        IDisk disk,
        Action<LogWrite, Exception?> completed,
        int threads = LogOptions.WritesInFlightMax,
        IStoreObserver? observer = null)
    {
        Invariant.Require(threads is >= 1 and <= LogOptions.WritesInFlightMax);
        _disk = disk;
        _completed = completed;
        _observer = observer;
        _writers = [.. Enumerable.Range(0, threads).Select(number => new Writer(number, Run))];
        Array.ForEach(_writers, writer => writer.Thread.Start(writer));
    }

    /// <summary>
    /// Performs a write on the caller's thread and returns null or what went wrong: for a caller that has nothing to do
    /// until then, and saves two switches of thread.
    /// </summary>
    public Exception? Perform(LogWrite write)
    {
        SegmentFile? file = null;
        try
        {
            file = Acquire(write, out Exception? failure);
            if (file is not null)
            {
                Write(file.File, write);
            }

            return failure;
        }
        catch (Exception error)
        {
            lock (_lock)
            {
                return _failure ??= error;
            }
        }
        finally
        {
            Release(file);
        }
    }

    /// <summary>Queues a write; returns at once.</summary>
    public void Submit(LogWrite write)
    {
        Writer? idle;
        lock (_lock)
        {
            Invariant.Require(!_stopping);
            Invariant.Require(_waiting.Count < LogOptions.WritesInFlightMax);
            _waiting.Enqueue(write);
            _idle.TryPop(out idle);
        }

        idle?.Signal.Set();
    }

    /// <summary>Performs what is queued, then ends the threads and closes the files.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
        }

        Array.ForEach(_writers, writer => writer.Signal.Set());
        Array.ForEach(_writers, writer => writer.Thread.Join());
        foreach (SegmentFile file in _files.Values)
        {
            file.File.Dispose();
        }

        _files.Clear();
    }

    private void Run(object? writer)
    {
        while (Take((Writer)writer!) is { } write)
        {
            _completed(write, Perform(write));
        }
    }

    /// <summary>The next write, as soon as there is one; null at the end.</summary>
    private LogWrite? Take(Writer writer)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_waiting.TryDequeue(out LogWrite? write) || _stopping)
                {
                    return write;
                }

                // A wait that ended without a reason: the writer stands there already.
                if (!_idle.Contains(writer))
                {
                    _idle.Push(writer);
                }
            }

            writer.Signal.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    private void Write(IDiskFile file, LogWrite write)
    {
        long started = _observer is null ? 0 : Stopwatch.GetTimestamp();
        file.WriteDurable(write.Offset, write.Bytes);
        _observer?.LogWritten(write.Bytes.Length, Stopwatch.GetElapsedTime(started));
    }

    private SegmentFile? Acquire(LogWrite write, out Exception? failure)
    {
        lock (_lock)
        {
            failure = _failure;
            if (failure is not null)
            {
                return null;
            }

            if (!_files.TryGetValue(write.Segment, out SegmentFile? file))
            {
                file = new SegmentFile(write.Segment, _disk.Open(write.SegmentName, DiskOpenMode.Existing));
                _files.Add(write.Segment, file);
            }

            file.Users++;
            return file;
        }
    }

    private void Release(SegmentFile? file)
    {
        if (file is null)
        {
            return;
        }

        lock (_lock)
        {
            file.Users--;
            if (_files.Count <= IdleFilesMax)
            {
                return;
            }

            foreach (SegmentFile old in _files.Values
                .Where(each => each.Users == 0).OrderByDescending(each => each.Segment).Skip(IdleFilesMax).ToList())
            {
                _files.Remove(old.Segment);
                old.File.Dispose();
            }
        }
    }

    private sealed class Writer(int number, ParameterizedThreadStart run)
    {
        public Thread Thread { get; } = new(run) { Name = $"log writer {number}", IsBackground = true };

        public ThreadSignal Signal { get; } = new();
    }

    private sealed class SegmentFile(long segment, IDiskFile file)
    {
        public long Segment { get; } = segment;

        public IDiskFile File { get; } = file;

        public int Users { get; set; }
    }
}
