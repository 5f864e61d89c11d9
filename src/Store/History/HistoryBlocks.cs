using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;

namespace Keelson.Store.History;

/// <summary>
/// Reads segment files in blocks: a block is what lies between two entries of the sparse index, so a frame never
/// crosses one. Call inside an epoch pin; any thread.
/// </summary>
internal sealed class HistoryBlocks(HistoryOptions options, EpochGate epochs, IDisk disk) : IDisposable
{
    /// <summary>
    /// Evicted blocks wait for readers; more than this and whoever evicts looks for what can be freed.
    /// </summary>
    private const long RetiredBytesMax = 4 << 20;

    private readonly HistoryFiles _files = new(disk, options.OpenFilesMax);
    private readonly BlockCache _cache = new(epochs, options.CacheBytesMax);

    public long CacheBytes => _cache.Bytes;

    /// <summary>The segment's sparse index, from memory or from its footer.</summary>
    public SparseIndexView Index(HistorySegment segment) =>
        segment.Index is { } index ? index.View : new SparseIndexView(Footer(segment));

    /// <summary>The block that holds <paramref name="offset"/>, which lies before <paramref name="end"/>.</summary>
    public HistoryBlock Load(HistorySegment segment, int offset, int end)
    {
        SparseIndexView index = Index(segment);
        return LoadEntry(segment, index, index.FindOffset(offset), end);
    }

    /// <summary>The block in which <paramref name="revision"/> must be if the segment has it.</summary>
    public HistoryBlock Load(HistorySegment segment, ChangeRevision revision, int end)
    {
        SparseIndexView index = Index(segment);
        return LoadEntry(segment, index, index.FindRevision(revision), end);
    }

    /// <summary>
    /// As <see cref="Load(HistorySegment, ChangeRevision, int)"/>; when the block begins where the reader's last one
    /// ended, the reader seems to go on, and blocks behind it come with the same read.
    /// </summary>
    public HistoryBlock LoadNext(HistorySegment segment, ChangeRevision revision, int end, int lastEnd)
    {
        SparseIndexView index = Index(segment);
        int entry = index.FindRevision(revision);
        return StartOf(index, entry) == lastEnd
            ? LoadAhead(segment, lastEnd, end)
            : LoadEntry(segment, index, entry, end);
    }

    /// <summary>
    /// As <see cref="Load(HistorySegment, int, int)"/>, fetching blocks behind it with the same read.
    /// </summary>
    public HistoryBlock LoadAhead(HistorySegment segment, int offset, int end)
    {
        SparseIndexView index = Index(segment);
        int entry = index.FindOffset(offset);
        int start = StartOf(index, entry);
        int length = EndOf(index, entry, end) - start;
        BlockCacheStripe stripe = _cache.StripeOf(new BlockKey(segment.Id, start));
        if (!stripe.TryGet(new BlockKey(segment.Id, start), length, out _) && length < options.ReadAheadBytes)
        {
            FetchRun(segment, index, entry, end);
        }

        return LoadEntry(segment, index, entry, end);
    }

    /// <summary>Forgets a reclaimed file.</summary>
    public void Close(HistorySegment segment) => _files.Close(segment.Id);

    public void Dispose()
    {
        _cache.Dispose();
        _files.Dispose();
    }

    private static int StartOf(SparseIndexView index, int entry) =>
        entry < index.Count ? index.Offset(entry) : HistorySegmentLayout.HeaderBytes;

    private static int EndOf(SparseIndexView index, int entry, int end) =>
        entry + 1 < index.Count ? Math.Min(index.Offset(entry + 1), end) : end;

    private HistoryBlock LoadEntry(HistorySegment segment, SparseIndexView index, int entry, int end)
    {
        int start = StartOf(index, entry);
        int length = EndOf(index, entry, end) - start;
        var key = new BlockKey(segment.Id, start);
        BlockCacheStripe stripe = _cache.StripeOf(key);
        long evictions = stripe.Evictions;
        if (!stripe.TryGet(key, length, out NativeBlock bytes))
        {
            bytes = stripe.Add(key, Fetch(segment, start, length), out bool isKept);
            evictions = isKept ? evictions : HistoryBlock.Transient;
            CollectWhenDue();
        }

        return new HistoryBlock(bytes, stripe, evictions)
        {
            Segment = segment,
            Offset = start,
            Next = entry + 1 < index.Count ? index.Revision(entry + 1) : new ChangeRevision(long.MaxValue, 0),
        };
    }

    private void FetchRun(HistorySegment segment, SparseIndexView index, int entry, int end)
    {
        int start = StartOf(index, entry);
        int stop = EndOf(index, entry, end);
        int last = entry;
        while (stop < end && last + 1 < index.Count && EndOf(index, last + 1, end) - start <= options.ReadAheadBytes)
        {
            last++;
            stop = EndOf(index, last, end);
        }

        NativeBlock run = Fetch(segment, start, stop - start);
        for (int at = entry; at <= last; at++)
        {
            int from = StartOf(index, at);
            NativeBlock part = NativeBlock.Allocate(EndOf(index, at, end) - from);
            run.Span.Slice(from - start, part.Length).CopyTo(part.Span);
            var key = new BlockKey(segment.Id, from);
            _cache.StripeOf(key).Add(key, part, out _);
        }

        run.Free();
        CollectWhenDue();
    }

    private void CollectWhenDue()
    {
        if (epochs.RetiredBytes > RetiredBytesMax)
        {
            epochs.Collect();
        }
    }

    private NativeBlock Fetch(HistorySegment segment, int offset, int length)
    {
        NativeBlock block = NativeBlock.Allocate(length);
        int read = 0;
        try
        {
            read = _files.Read(segment, offset, block.Span);
        }
        finally
        {
            if (read < length)
            {
                block.Free();
            }
        }

        return read == length
            ? block
            : throw new StoreDamageException(segment.FileName, offset, $"{length} bytes", $"{read} bytes");
    }

    private ReadOnlySpan<byte> Footer(HistorySegment segment)
    {
        Span<byte> head = stackalloc byte[HistorySegmentLayout.FooterHeadBytes];
        var key = new BlockKey(segment.Id, segment.End);
        BlockCacheStripe stripe = _cache.StripeOf(key);
        if (stripe.TryGet(key, out NativeBlock cached))
        {
            return cached.Span[HistorySegmentLayout.FooterHeadBytes..];
        }

        int read = _files.Read(segment, segment.End, head);
        // Every entry stands at a frame of its own.
        int entriesMax = segment.End / HistoryFrameLayout.HeaderBytes;
        int length = HistorySegmentLayout.FooterBytes(head[..read], segment.Id, entriesMax);
        if (length == 0)
        {
            throw new StoreDamageException(segment.FileName, segment.End, "a footer's head", "other bytes");
        }

        NativeBlock footer = Fetch(segment, segment.End, length);
        if (!HistorySegmentLayout.IsFooterIntact(footer.Span))
        {
            footer.Free();
            throw new StoreDamageException(segment.FileName, segment.End, "a footer's checksum", "another");
        }

        if (!new SparseIndexView(footer.Span[HistorySegmentLayout.FooterHeadBytes..])
            .RisesWithin(HistorySegmentLayout.HeaderBytes, segment.End))
        {
            footer.Free();
            throw new StoreDamageException(segment.FileName, segment.End, "a sparse index that rises", "another");
        }

        return stripe.Add(key, footer, out _).Span[HistorySegmentLayout.FooterHeadBytes..];
    }
}
