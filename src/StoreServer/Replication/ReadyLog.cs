using System.Collections.Concurrent;
using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Raft.Log;
using Keelson.Store.Host;
using Keelson.Store.Log;

namespace Keelson.StoreServer.Replication;

/// <summary>
/// Makes durable what consensus wants to be: its writes become records, records gather in log writes of which several
/// overlap, and come back as writes that are done, in order.
/// </summary>
internal sealed class ReadyLog
{
    private readonly LogAppender _log;
    private readonly LogWriting _writing;
    private readonly ConcurrentQueue<LogWrite> _written = new();
    private readonly Queue<Piece> _unstaged = new();
    private readonly Queue<(SequenceNumber Last, long Write)> _staged = new();

    public ReadyLog(LogAppender log, LogWriting writing)
    {
        _log = log;
        _writing = writing;
    }

    /// <summary>True when nothing more can be written before something is durable or a segment is there.</summary>
    public bool IsFull => _unstaged.Count > 0 || _log.WritesInFlight >= LogOptions.WritesInFlightMax;

    /// <summary>Nothing is on its way to the disk.</summary>
    public bool IsIdle => _unstaged.Count == 0 && _log.IsQuiet;

    /// <summary>Takes over what has to become durable.</summary>
    public void Add(Ready ready)
    {
        int entries = ready.Entries.Count;
        if (ready.HardState is { } state)
        {
            var hardState = new Store.Log.HardState(state.Term, state.Vote);
            _unstaged.Enqueue(new Piece { HardState = hardState, Write = entries == 0 ? ready.Write : 0 });
        }

        for (int position = 0; position < entries; position++)
        {
            long write = position == entries - 1 ? ready.Write : 0;
            _unstaged.Enqueue(new Piece { Entry = ready.Entries[position], Write = write });
        }
    }

    /// <summary>Writes as much as may be under way.</summary>
    /// <param name="mayWait">The caller has nothing else to do while a small write is performed.</param>
    public void Flush(bool mayWait)
    {
        while (true)
        {
            Stage();
            bool more = _unstaged.Count > 0;
            bool waits = !more && _log.WritesInFlight > 0 && _log.StagedBytes < LogWriting.OverlapBytesMin;
            if (!_log.CanTakeWrite || waits)
            {
                return;
            }

            bool here = mayWait && _log.WritesInFlight == 0 && _log.StagedBytes <= LogWriting.OwnWriteBytesMax;
            LogWrite write = _log.TakeWrite();
            (here ? _writing.Perform : _writing.Submit)(write);
        }
    }

    /// <summary>A log write is durable. Any thread.</summary>
    public void Written(LogWrite write) => _written.Enqueue(write);

    /// <summary>The last of consensus' writes that is durable and was not reported yet; 0 when there is none.</summary>
    public long TakeDurable()
    {
        while (_written.TryDequeue(out LogWrite? write))
        {
            _log.Complete(write);
        }

        long durable = 0;
        while (_staged.TryPeek(out (SequenceNumber Last, long Write) oldest) && oldest.Last <= _log.Durable.Sequence)
        {
            durable = _staged.Dequeue().Write;
        }

        return durable;
    }

    /// <summary>Proves the last records durable: see the log's watermark.</summary>
    public void Settle()
    {
        if (_unstaged.Count == 0 && _log.NeedsWatermark && _log.HasRoom(0))
        {
            _log.StageWatermark();
            _writing.Submit(_log.TakeWrite());
        }
    }

    private void Stage()
    {
        while (_unstaged.TryPeek(out Piece piece) && _log.HasRoom(piece.Bytes))
        {
            _unstaged.Dequeue();
            if (piece.HardState is { } state)
            {
                _log.StageHardState(state);
            }
            else
            {
                Entry entry = piece.Entry;
                _log.Stage(entry.Index, entry.Term, entry.Payload.Span, entry.Kind == EntryKind.Configuration);
            }

            if (piece.Write != 0)
            {
                _staged.Enqueue((_log.LastSequence, piece.Write));
            }
        }
    }

    /// <summary>One record to be; <see cref="Write"/> of the last one of a write is its number.</summary>
    private readonly record struct Piece
    {
        public Store.Log.HardState? HardState { get; init; }

        public Entry Entry { get; init; }

        public long Write { get; init; }

        public int Bytes => HardState is null ? Entry.Payload.Length : LogFormat.HardStateBytes;
    }
}
