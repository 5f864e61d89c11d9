using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Keelson.Base.Identity;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// The order of a store alone: a batch is committed when its own log write, and every one before it, is durable (quorum
/// of one; etcd 14370 acknowledged before that).
/// </summary>
internal sealed class SoloOrder : IBatchOrder
{
    private readonly LogAppender _log;
    private readonly SegmentKeeper _segments;
    private readonly Action<LogWrite> _submit;
    private readonly Action<LogWrite> _perform;
    private readonly int _entryBytesMax;
    private readonly ConcurrentQueue<LogWrite> _written = new();
    private readonly Queue<Batch> _proposed = new();
    private readonly Term _term;
    private LogIndex _last;
    private LogIndex _durable;

    /// <param name="log">Stands behind the last entry.</param>
    /// <param name="segments">Prepares the log's next segments.</param>
    /// <param name="writing">Where writes go.</param>
    /// <param name="entryBytesMax">The largest batch that can come.</param>
    public SoloOrder(LogAppender log, SegmentKeeper segments, LogWriting writing, int entryBytesMax)
    {
        _log = log;
        _segments = segments;
        _submit = writing.Submit;
        _perform = writing.Perform;
        _entryBytesMax = entryBytesMax;
        _last = log.LastIndex;
        _durable = _last;
        // A store alone never votes: it stays in the term that it found.
        _term = log.LastTerm.Value == 0 ? new Term(1) : log.LastTerm;
    }

    public long BatchBytesMin
    {
        get
        {
            int inFlight = _log.WritesInFlight;
            bool isFull = inFlight >= LogOptions.WritesInFlightMax || !_log.HasRoom(_entryBytesMax);
            return isFull ? long.MaxValue : inFlight == 0 ? 0 : LogWriting.OverlapBytesMin;
        }
    }

    public void Written(LogWrite write) => _written.Enqueue(write);

    public void Published(StoreState state)
    {
    }

    /// <summary>The last log writes were reported to a loop that had ended.</summary>
    public void Finish() => Poll();

    public void Abandon(Exception failure)
    {
        while (_proposed.TryDequeue(out Batch? batch))
        {
            batch.Fail(failure);
        }
    }

    public void Propose(Batch batch, long clusterTimeMilliseconds)
    {
        batch.Writer.Finish(clusterTimeMilliseconds);
        _last = new LogIndex(_last.Value + 1);
        batch.Index = _last;
        batch.Term = _term;
        _log.Stage(batch.Index, batch.Term, batch.Payload);
        _proposed.Enqueue(batch);
        bool isAlone = _log.WritesInFlight == 0;
        LogWrite write = _log.TakeWrite();
        Action<LogWrite> way = isAlone && write.Bytes.Length <= LogWriting.OwnWriteBytesMax ? _perform : _submit;
        way(write);
    }

    public void Poll()
    {
        while (_written.TryDequeue(out LogWrite? write))
        {
            LogDurable durable = _log.Complete(write);
            _durable = durable.Index > _durable ? durable.Index : _durable;
        }

        _segments.Exchange(_log);
    }

    public bool KeepsTime => true;

    public long DueMilliseconds => IBatchOrder.NeverDue;

    public bool NeedsSettling => _log.NeedsWatermark;

    public void Settle()
    {
        if (_log.NeedsWatermark && _log.HasRoom(0))
        {
            _log.StageWatermark();
            _submit(_log.TakeWrite());
        }
    }

    public bool TryTakeCommitted([NotNullWhen(true)] out Batch? batch)
    {
        if (_proposed.TryPeek(out batch) && batch.Index <= _durable)
        {
            _proposed.Dequeue();
            return true;
        }

        batch = null;
        return false;
    }
}
