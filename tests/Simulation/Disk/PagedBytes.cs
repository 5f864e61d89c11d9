namespace Keelson.Simulation.Disk;

/// <summary>
/// A file's bytes in pages that clones share until one of them writes, so that cloning a disk for every crash point
/// stays cheap. A missing page reads as zeros, as a hole does.
/// </summary>
internal sealed class PagedBytes
{
    private const int PageBytes = 4096;
    private readonly List<Page?> _pages = [];

    public long Length { get; private set; }

    public PagedBytes Clone()
    {
        var clone = new PagedBytes { Length = Length };
        foreach (Page? page in _pages)
        {
            if (page is not null)
            {
                page.Shared = true;
            }

            clone._pages.Add(page);
        }

        return clone;
    }

    public int Read(long offset, Span<byte> destination)
    {
        int total = (int)Math.Clamp(Length - offset, 0, destination.Length);
        int done = 0;
        while (done < total)
        {
            (int index, int within, int count) = Locate(offset + done, total - done);
            Span<byte> part = destination.Slice(done, count);
            if (index < _pages.Count && _pages[index] is { } page)
            {
                page.Bytes.AsSpan(within, count).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += count;
        }

        return total;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            (int index, int within, int count) = Locate(offset + done, source.Length - done);
            source.Slice(done, count).CopyTo(Own(index).AsSpan(within));
            done += count;
        }

        Length = source.IsEmpty ? Length : Math.Max(Length, offset + source.Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            int kept = (int)((length + PageBytes - 1) / PageBytes);
            _pages.RemoveRange(Math.Min(kept, _pages.Count), Math.Max(0, _pages.Count - kept));
            int within = (int)(length % PageBytes);
            if (within > 0 && kept <= _pages.Count && _pages[kept - 1] is not null)
            {
                Own(kept - 1).AsSpan(within).Clear();
            }
        }

        Length = length;
    }

    public void Flip(long offset, int bit)
    {
        if (offset < Length)
        {
            (int index, int within, _) = Locate(offset, 1);
            Own(index)[within] ^= (byte)(1 << bit);
        }
    }

    private static (int Index, int Within, int Count) Locate(long offset, int wanted)
    {
        int within = (int)(offset % PageBytes);
        return ((int)(offset / PageBytes), within, Math.Min(wanted, PageBytes - within));
    }

    private byte[] Own(int index)
    {
        while (_pages.Count <= index)
        {
            _pages.Add(null);
        }

        Page? page = _pages[index];
        if (page is null || page.Shared)
        {
            page = new Page(page is null ? new byte[PageBytes] : (byte[])page.Bytes.Clone());
            _pages[index] = page;
        }

        return page.Bytes;
    }

    private sealed class Page(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public bool Shared { get; set; }
    }
}
