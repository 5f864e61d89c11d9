using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;

namespace Keelson.Store.History;

/// <summary>
/// Outcomes in revision order: a value's address is its revision. The newest frames are in memory, the rest in segment
/// files.
/// </summary>
/// <remarks>
/// Threads: one owner (apply) appends, ends batches and marks dead bytes; one maintenance thread checkpoints, trims and
/// reclaims; readers from any thread, inside an epoch pin, ask for nothing beyond the revision of a published root, so
/// they need no lock. Promises: frames of a sealed batch never change; what is not on disk stays in memory; replaying
/// the log from a root's position writes the same bytes again.
/// </remarks>
internal sealed class HistoryStore : IDisposable
{
    private readonly EpochGate _epochs;
    private readonly Lock _lock = new();
    private HistoryView _view;
    private HistoryPosition _durable;
    private ulong _nextSegment;

    // Above every segment that a root names. Not the next id to take: replay must take the same ones again.
    private ulong _nextSegmentOfRoots;

    // Maintenance asks, the owner closes the open segment where the next batch begins.
    private volatile bool _isSealWanted;

    // The owner's side: the frame whose bytes the caller is still writing, and the end of everything.
    private HistorySegment? _segment;
    private HistoryChunk? _chunk;
    private int _pendingOffset;
    private int _pendingBytes;
    private ulong _chainHash;
    private ChangeRevision _last;
    private bool _isInBatch;

    public HistoryStore(HistoryOptions options, EpochGate epochs, IDisk disk, HistoryState state)
    {
        Invariant.Require(options.SegmentBytesMax <= HistorySegmentLayout.SegmentBytesCeiling);
        Options = options;
        _epochs = epochs;
        Blocks = new HistoryBlocks(options, epochs, disk);
        _durable = state.Position;
        _chainHash = state.Position.ChainHash;
        _last = ChangeRevision.LastOf(state.Position.Revision);
        _nextSegment = state.NextSegment;
        _nextSegmentOfRoots = state.NextSegment;
        _view = new HistoryView(HistorySegments.FromState(state, options), []);
        _segment = _view.Segments.LastOrDefault();
    }

    public HistoryOptions Options { get; }

    /// <summary>The gate that readers enter.</summary>
    public EpochGate Epochs => _epochs;

    /// <summary>Owner: where the history ends; meaningful between batches.</summary>
    public HistoryPosition Position =>
        new(_segment?.Id ?? 0, _segment?.End ?? 0, _last.Revision, _chainHash);

    /// <summary>Bytes of the memory tail.</summary>
    public long TailBytes => View.Chunks.Sum(chunk => (long)chunk.Block.Length);

    /// <summary>Maintenance: bytes that are only in memory, to a chunk: what a checkpoint would write.</summary>
    public long UnwrittenBytes =>
        View.Chunks.Where(chunk => !IsDurable(chunk)).Sum(chunk => (long)(chunk.End - chunk.FileOffset));

    /// <summary>Bytes of blocks kept from disk.</summary>
    public long CacheBytes => Blocks.CacheBytes;

    internal HistoryBlocks Blocks { get; }

    internal HistoryView View => Volatile.Read(ref _view);

    /// <summary>Maintenance: the position of the last completed checkpoint.</summary>
    internal HistoryPosition Durable => _durable;

    /// <summary>
    /// Owner: room for the next change. The caller writes exactly <paramref name="keyValueBytes"/> bytes of an encoded
    /// mvccpb.KeyValue before the next call.
    /// </summary>
    public Span<byte> Append(ChangeRevision revision, HistoryFlags flags, int keyValueBytes)
    {
        Invariant.Require(revision > _last && revision.Sub < int.MaxValue);
        Invariant.Require((flags & HistoryFlags.BatchEnd) == 0);
        Invariant.Require(keyValueBytes is > 0 and <= HistoryFrameLayout.PayloadBytesMax);
        SealPending();
        Span<byte> frame = Begin(revision, flags, HistoryFrameLayout.HeaderBytes + keyValueBytes);
        return frame[HistoryFrameLayout.HeaderBytes..];
    }

    /// <summary>Owner: ends the batch that log entry <paramref name="index"/> made; returns the chain hash.</summary>
    public ulong EndBatch(LogIndex index, Term term, long clusterTimeMilliseconds)
    {
        SealPending();
        const int FrameBytes = HistoryFrameLayout.HeaderBytes + HistoryFrameLayout.BatchEndBytes;
        ChangeRevision revision = ChangeRevision.LastOf(_last.Revision);
        MakeRoom(revision, FrameBytes);
        Span<byte> frame = Chunk.Reserve(FrameBytes);
        HistoryFrameLayout.WriteHeader(frame, revision, HistoryFlags.BatchEnd);
        Span<byte> payload = frame[HistoryFrameLayout.HeaderBytes..];
        new HistoryBatchEnd(index, term, clusterTimeMilliseconds, 0).Write(payload);
        ReadOnlySpan<byte> hashed =
            frame.Slice(HistoryFrameLayout.MainOffset, HistoryFrameLayout.BatchEndHashedBytes);
        _chainHash = Hash64.Compute(hashed, _chainHash);
        new HistoryBatchEnd(index, term, clusterTimeMilliseconds, _chainHash).Write(payload);
        HistoryFrameLayout.Seal(frame);
        // A reader of the previous batch end's revision may look at this frame as soon as it is published.
        Publish(revision, FrameBytes, isChange: false);
        _isInBatch = false;
        return _chainHash;
    }

    /// <summary>Owner: this frame is no longer reachable from the tree; its bytes count for reclaim.</summary>
    public void MarkDead(ChangeRevision revision, int keyValueBytes)
    {
        lock (_lock)
        {
            int index = _view.FindSegment(revision);
            Invariant.Require(index >= 0);
            _view.Segments[index].DeadBytes += HistoryFrameLayout.HeaderBytes + keyValueBytes;
        }
    }

    /// <summary>A segment was asked to be closed, and no batch has begun since.</summary>
    public bool IsSealWanted => _isSealWanted;

    /// <summary>
    /// Maintenance: so much of the open segment is dead that it shall be closed, for reclaim copies closed ones only;
    /// the next batch begins another one. False when it may stay open.
    /// </summary>
    public bool TrySeal()
    {
        _isSealWanted = View.Segments is [.., var last] && ReclaimRun.IsWorthClosing(last, Options);
        return _isSealWanted;
    }

    /// <summary>Reader: the KeyValue bytes of one change; they stay until the caller's pin ends.</summary>
    /// <exception cref="StoreDamageException">The frame is missing or damaged.</exception>
    public ReadOnlySpan<byte> Read(ChangeRevision revision)
    {
        var reader = new HistoryReader(this);
        return reader.Read(revision);
    }

    /// <summary>Maintenance: drops the oldest chunks that are on disk while the tail is over its bound.</summary>
    /// <param name="thorough">Also those of closed segments: reclaim copies none of which a chunk is left.</param>
    public void Trim(bool thorough = false)
    {
        lock (_lock)
        {
            HistoryChunk[] chunks = _view.Chunks;
            long bytes = TailBytes;
            int drop = 0;
            while (drop < chunks.Length - 1 && IsDurable(chunks[drop])
                && (bytes > Options.TailBytesMax || (thorough && chunks[drop].Segment.IsClosed)))
            {
                bytes -= chunks[drop++].Block.Length;
            }

            if (drop == 0)
            {
                return;
            }

            Volatile.Write(ref _view, new HistoryView(_view.Segments, chunks[drop..]));
            foreach (HistoryChunk chunk in chunks.AsSpan(0, drop))
            {
                _epochs.Retire(chunk.Block);
            }
        }

        _epochs.Collect();
    }

    /// <summary>Frees the tail and the cache; no reader may be inside.</summary>
    public void Dispose()
    {
        Blocks.Dispose();
        foreach (HistoryChunk chunk in _view.Chunks)
        {
            _epochs.Retire(chunk.Block);
        }

        _view = new HistoryView([], []);
        _epochs.Collect();
    }

    private HistoryChunk Chunk
    {
        get
        {
            Invariant.Require(_chunk is not null);
            return _chunk;
        }
    }

    /// <summary>
    /// The view changes only under this, so that owner and maintenance do not undo each other's change.
    /// </summary>
    internal void ChangeView(Func<HistoryView, HistoryView> change)
    {
        lock (_lock)
        {
            Volatile.Write(ref _view, change(_view));
        }
    }

    internal ulong TakeSegmentId() => Interlocked.Increment(ref _nextSegment) - 1;

    /// <summary>Maintenance: everything up to here is on disk; returns what a root persists.</summary>
    internal HistoryState Complete(HistoryPosition position)
    {
        lock (_lock)
        {
            HistoryState state = HistorySegments.ToState(_view, position, _nextSegmentOfRoots);
            _nextSegmentOfRoots = state.NextSegment;
            _durable = position;
            return state;
        }
    }

    private bool IsDurable(HistoryChunk chunk) =>
        chunk.Segment.Id < _durable.Segment
        || (chunk.Segment.Id == _durable.Segment && chunk.End <= _durable.Offset);

    private Span<byte> Begin(ChangeRevision revision, HistoryFlags flags, int frameBytes)
    {
        MakeRoom(revision, frameBytes);
        Span<byte> frame = Chunk.Reserve(frameBytes);
        HistoryFrameLayout.WriteHeader(frame, revision, flags);
        _pendingOffset = Chunk.End;
        _pendingBytes = frameBytes;
        Publish(revision, frameBytes, isChange: true);
        return frame;
    }

    private void Publish(ChangeRevision revision, int frameBytes, bool isChange)
    {
        HistorySegment segment = Chunk.Segment;
        segment.Index?.Note(revision, segment.End);
        Chunk.Publish(frameBytes, isChange);
        segment.End += frameBytes;
        segment.Last = revision.Revision;
        _last = revision;
        if (!isChange)
        {
            // Reclaim copies no batch end below the compact revision.
            lock (_lock)
            {
                segment.DeadBytes += frameBytes;
            }
        }
    }

    private void SealPending()
    {
        if (_pendingBytes > 0)
        {
            Span<byte> frame = Chunk.Block.Span.Slice(_pendingOffset - Chunk.FileOffset, _pendingBytes);
            HistoryFrameLayout.Seal(frame);
            _chainHash = Hash64.Compute(frame, _chainHash);
            _pendingBytes = 0;
        }
    }

    private void MakeRoom(ChangeRevision revision, int frameBytes)
    {
        bool seals = _isSealWanted && !_isInBatch;
        _isInBatch = true;
        if (_segment is null || !HasRoom(_segment, frameBytes) || seals)
        {
            OpenSegment(revision, frameBytes);
        }
        else if (_chunk is null || !_chunk.Fits(frameBytes))
        {
            OpenChunk(_segment, revision, frameBytes);
        }
    }

    private bool HasRoom(HistorySegment segment, int frameBytes) =>
        segment.End == HistorySegmentLayout.HeaderBytes
        || (long)segment.End + frameBytes <= Options.SegmentBytesMax;

    private void OpenSegment(ChangeRevision revision, int frameBytes)
    {
        HistorySegment? previous = _segment;
        _isSealWanted = false;
        _segment = new HistorySegment(TakeSegmentId(), revision)
        {
            Index = new SparseIndex(Options.IndexStrideBytes),
            End = HistorySegmentLayout.HeaderBytes,
        };
        previous?.IsClosed = true;
        OpenChunk(_segment, revision, HistorySegmentLayout.HeaderBytes + frameBytes);
    }

    private void OpenChunk(HistorySegment segment, ChangeRevision revision, int bytes)
    {
        bool isFirst = segment.End == HistorySegmentLayout.HeaderBytes;
        int blockBytes = Math.Max(Options.ChunkBytes, HistoryChunk.BlockBytesFor(bytes));
        var chunk = new HistoryChunk(segment, isFirst ? 0 : segment.End, revision, blockBytes);
        if (isFirst)
        {
            HistorySegmentLayout.WriteHeader(
                chunk.Reserve(HistorySegmentLayout.HeaderBytes), segment.Id, segment.First);
            chunk.Publish(HistorySegmentLayout.HeaderBytes, isChange: false);
        }

        ChangeView(view => new HistoryView(
            isFirst ? [.. view.Segments, segment] : view.Segments, [.. view.Chunks, chunk]));
        _chunk = chunk;
    }
}
