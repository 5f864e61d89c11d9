using System.Buffers.Binary;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>
/// The pages of all trees under one state: which frame is where, in memory and on disk. One owner thread creates and
/// changes pages; any thread reads published ones while pinned by the <see cref="EpochGate"/>.
/// </summary>
/// <remarks>
/// Promises: bytes of a page born in an earlier batch never change. A page that the tree no longer needs is reused only
/// after the root without it was published, every reader pinned before that has left, and no hold covers it.
/// The owner publishes the roots of a batch after its <see cref="Freeze"/> and before the next one.
/// </remarks>
internal sealed partial class PageStore : IDisposable
{
    private const byte Poison = 0xDB;

    private readonly Lock _lock = new();
    private readonly FrameTable _frames = new();
    private readonly PagePool _pool = new();
    private readonly PageStoreOptions _options;
    private readonly EpochGate _epochs;
    private readonly OpenFiles<int> _files;
    private long _residentBytes;
    private long _dirtyBytes;

    public PageStore(PageStoreOptions options, EpochGate epochs, IDisk disk)
    {
        options.Validate();
        _options = options;
        _epochs = epochs;
        _files = new OpenFiles<int>(
            options.OpenFilesMax,
            static segment => (ulong)segment,
            segment => disk.Open(PageAddress.FileName(segment), DiskOpenMode.Existing));
        AllowExcess();
    }

    public PageStoreOptions Options => _options;

    /// <summary>Where readers pin themselves.</summary>
    public EpochGate Epochs => _epochs;

    /// <summary>The number of the batch that is being built.</summary>
    public long Batch { get; private set; } = 1;

    /// <summary>Bytes of pages in memory, those that wait to be freed included.</summary>
    public long ResidentBytes => Interlocked.Read(ref _residentBytes);

    /// <summary>Bytes of pages that are only in memory: about what a checkpoint would write. Any thread.</summary>
    public long DirtyBytes => Interlocked.Read(ref _dirtyBytes);

    /// <summary>Bytes of the table that says where pages are.</summary>
    public long FrameTableBytes => _frames.Bytes;

    public int PageCount
    {
        get
        {
            lock (_lock)
            {
                return _frames.InUse;
            }
        }
    }

    /// <summary>The bytes of a page, loaded when they are not in memory. Valid while the caller is pinned.</summary>
    /// <exception cref="StoreDamageException">The page on disk is not the one that was written.</exception>
    public ReadOnlySpan<byte> Page(int frame) => BytesAt(PageAt(frame));

    /// <summary>The address of a page, for readers that come back to it while pinned.</summary>
    public nint PageAt(int frame)
    {
        ref Frame entry = ref _frames[frame];
        nint address = Volatile.Read(ref entry.Address);
        if (address == 0)
        {
            return Load(frame);
        }

        if (!entry.Referenced)
        {
            entry.Referenced = true;
        }

        return address;
    }

    /// <summary>The bytes of a page at an address that <see cref="PageAt"/> gave.</summary>
    public static ReadOnlySpan<byte> BytesAt(nint address) => Bytes(address);

    /// <summary>Where a page is on disk; none while it is dirty.</summary>
    public PageAddress AddressOf(int frame) => _frames[frame].Disk;

    public int LevelOf(int frame) => _frames[frame].Level;

    /// <summary>Whether the page was born in this batch and may be changed in place by the owner.</summary>
    public bool IsEditable(int frame) => _frames[frame].Born == Batch;

    public Span<byte> Editable(int frame)
    {
        ref Frame entry = ref _frames[frame];
        Invariant.Require(entry.Born == Batch);
        return Bytes(entry.Address);
    }

    /// <summary>
    /// A page that is not yet anywhere; <see cref="Create"/> or <see cref="Exchange"/> takes it over.
    /// </summary>
    public NativeBlock Allocate(int bytes)
    {
        Interlocked.Add(ref _residentBytes, bytes);
        return _pool.Rent(bytes);
    }

    /// <summary>Gives a page of this batch a frame.</summary>
    public int Create(NativeBlock page)
    {
        lock (_lock)
        {
            int frame = _frames.TakeLocked();
            ref Frame entry = ref _frames[frame];
            entry.Born = Batch;
            entry.Level = (byte)PageLayout.Level(page.Span);
            entry.Referenced = true;
            Volatile.Write(ref entry.Address, page.Address);
            Interlocked.Add(ref _dirtyBytes, page.Length);
            return frame;
        }
    }

    /// <summary>Copies a published page into one of this batch, with a little room, and replaces it.</summary>
    public int Copy(int frame)
    {
        ReadOnlySpan<byte> source = Page(frame);
        NativeBlock block = Allocate(WithRoom(source, PageLayout.UsedBytes(source)));
        PageLayout.CopyTo(source, block.Span);
        Drop(frame);
        return Create(block);
    }

    /// <summary>Makes sure that the gap of a page of this batch has <paramref name="bytes"/>.</summary>
    public Span<byte> MakeRoom(int frame, int bytes)
    {
        Span<byte> page = Editable(frame);
        if (PageLayout.GapBytes(page) >= bytes)
        {
            return page;
        }

        NativeBlock block = Allocate(WithRoom(page, PageLayout.UsedBytes(page) + bytes));
        PageLayout.CopyTo(page, block.Span);
        Exchange(frame, block);
        return block.Span;
    }

    /// <summary>Gives a page of this batch new bytes; nobody but the owner has seen the old ones.</summary>
    public void Exchange(int frame, NativeBlock page)
    {
        ref Frame entry = ref _frames[frame];
        Invariant.Require(entry.Born == Batch);
        nint old = entry.Address;
        Volatile.Write(ref entry.Address, page.Address);
        Interlocked.Add(ref _dirtyBytes, page.Length - Bytes(old).Length);
        Free(old);
    }

    /// <summary>The owner's tree no longer names this page.</summary>
    public void Drop(int frame)
    {
        if (!IsEditable(frame))
        {
            _replacedNow.Add(frame);
            return;
        }

        lock (_lock)
        {
            FreeFrameLocked(frame);
        }
    }

    /// <summary>Frees all pages; no reader may be left.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_limbo.TryDequeue(out Limbo waiting))
            {
                Free(waiting.Address);
            }

            for (int frame = 1; frame < _frames.End; frame++)
            {
                Free(_frames[frame].Address);
                _frames[frame].Address = 0;
            }
        }

        _files.Dispose();
        _pool.Dispose();
    }

    // A sixteenth of slack: what a batch usually adds to a page fits, and frozen pages stay tight.
    private int WithRoom(ReadOnlySpan<byte> page, int used)
    {
        const int slackShift = 4;
        const int slackBytesMin = 32;
        int slack = (used >> slackShift) + slackBytesMin;
        int full = _options.SplitBytesOf(PageLayout.Level(page)) + PageLayout.PrefixLength(page);
        return Math.Max(used, Math.Min(used + slack, full));
    }

    private void FreeFrameLocked(int frame)
    {
        if (_frames[frame].DiskSegment == 0)
        {
            Interlocked.Add(ref _dirtyBytes, -Bytes(_frames[frame].Address).Length);
        }

        Free(_frames[frame].Address);
        _frames.ReturnLocked(frame);
    }

    private void Free(nint address)
    {
        if (address == 0)
        {
            return;
        }

        Span<byte> page = Bytes(address);
        int length = page.Length;
        if (_options.PoisonFreed)
        {
            page.Fill(Poison);
        }

        _pool.Return(NativeBlock.FromAddress(address, length));
        Interlocked.Add(ref _residentBytes, -length);
    }

    // The length is part of the page, so that one load of the address gives both even while pages are dropped and
    // loaded again with less slack.
    private static Span<byte> Bytes(nint address)
    {
        Span<byte> header = NativeBlock.FromAddress(address, PageLayout.HeaderBytes).Span;
        return NativeBlock.FromAddress(address, BinaryPrimitives.ReadInt32LittleEndian(header)).Span;
    }
}
