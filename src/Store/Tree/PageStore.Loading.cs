using Keelson.Base.Codec;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>Pages that are only on disk: read, checked, installed; whoever is second throws its copy away.</summary>
internal sealed partial class PageStore
{
    /// <summary>
    /// A root as a checkpoint wrote it. Reads its topmost page only; start of the store, before any reader.
    /// </summary>
    /// <exception cref="StoreDamageException">The page is not the one that was written.</exception>
    public TreeRoot Load(PageAddress address, long liveCount, long entryCount)
    {
        if (address.IsNone)
        {
            return TreeRoot.Empty;
        }

        int frame;
        lock (_lock)
        {
            frame = TakeUnloadedLocked(address, Frame.LevelUnknown);
        }

        PageAt(frame);
        return new TreeRoot(frame, liveCount, entryCount);
    }

    private nint Load(int frame)
    {
        PageAddress address;
        int level;
        lock (_lock)
        {
            address = _frames[frame].Disk;
            level = _frames[frame].Level;
        }

        try
        {
            nint page = Fetch(frame, address, level);
            EvictWhenFarOver();
            return page;
        }
        catch (DiskException exception) when (exception.Error == DiskError.NotFound && HasMoved(frame, address))
        {
            // Checkpoints moved the page and gave its old file back meanwhile.
            return Load(frame);
        }
    }

    private bool HasMoved(int frame, PageAddress address)
    {
        lock (_lock)
        {
            return _frames[frame].Disk != address;
        }
    }

    private nint Fetch(int frame, PageAddress address, int level)
    {
        Invariant.Require(!address.IsNone);
        RequireInsideFile(address);
        NativeBlock read = Allocate(address.Length);
        try
        {
            ReadChecked(address, level, read.Span);
        }
        catch
        {
            Discard(read);
            throw;
        }

        return PageLayout.Level(read.Span) == 0 ? InstallLeaf(frame, read) : InstallInner(frame, read);
    }

    private nint InstallLeaf(int frame, NativeBlock page)
    {
        ref Frame entry = ref _frames[frame];
        entry.Level = 0;
        entry.Referenced = true;
        nint other = Interlocked.CompareExchange(ref entry.Address, page.Address, 0);
        if (other == 0)
        {
            return page.Address;
        }

        Discard(page);
        return other;
    }

    // Children get frames once: under the lock, so that a second reader finds the first one's page.
    private nint InstallInner(int frame, NativeBlock read)
    {
        lock (_lock)
        {
            ref Frame entry = ref _frames[frame];
            if (entry.Address == 0)
            {
                NativeBlock page = Allocate(InnerDiskPage.MemoryBytes(read.Span));
                int childLevel = PageLayout.Level(read.Span) - 1;
                InnerDiskPage.ToMemory(read.Span, page.Span, child => TakeUnloadedLocked(child, childLevel));
                entry.Level = (byte)(childLevel + 1);
                Volatile.Write(ref entry.Address, page.Address);
            }

            Discard(read);
            return entry.Address;
        }
    }

    private int TakeUnloadedLocked(PageAddress address, int level)
    {
        int frame = _frames.TakeLocked();
        ref Frame entry = ref _frames[frame];
        entry.Disk = address;
        entry.Level = (byte)level;
        return frame;
    }

    private void ReadChecked(PageAddress address, int level, Span<byte> page)
    {
        string file = PageAddress.FileName(address.Segment);
        int read = _files.Read(address.Segment, address.Offset, page);
        if (read != page.Length)
        {
            throw new StoreDamageException(file, address.Offset, Text($"{page.Length} bytes"), Text($"{read} bytes"));
        }

        uint checksum = Crc32C.Compute(page);
        if (checksum != address.Checksum)
        {
            throw new StoreDamageException(
                file, address.Offset, Text($"CRC-32C {address.Checksum:x8}"), Text($"CRC-32C {checksum:x8}"));
        }

        PageFault fault = PageCheck.Find(page, level);
        if (fault != PageFault.None)
        {
            throw new StoreDamageException(file, address.Offset, Text($"a page of level {level}"), fault.ToString());
        }
    }

    // A parent with a right checksum may still say anything: memory is taken only for bytes that can be there.
    private void RequireInsideFile(PageAddress address)
    {
        const int bytesUnasked = 64 * 1024;
        bool possible = address.Length >= PageLayout.HeaderBytes && address.Offset >= 0 && address.Segment > 0;
        if (!possible
            || (address.Length > bytesUnasked && _files.Length(address.Segment) - address.Length < address.Offset))
        {
            throw new StoreDamageException(
                PageAddress.FileName(address.Segment), address.Offset, "a page inside its file", Text($"{address}"));
        }
    }

    // The header of a page that was read from disk may say anything: free by the block, not by the page's own length.
    private void Discard(NativeBlock block)
    {
        Interlocked.Add(ref _residentBytes, -block.Length);
        _pool.Return(block);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
