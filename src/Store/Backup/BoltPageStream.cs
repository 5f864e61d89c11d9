using System.Buffers;

namespace Keelson.Store.Backup;

/// <summary>
/// The pages of a file in the order of their ids. When it only measures it counts pages and keeps no byte; otherwise it
/// holds what was appended and not yet taken: at most one page with its overflow per entry.
/// </summary>
internal sealed class BoltPageStream(bool measuring)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _taken;

    public bool Measuring => measuring;

    /// <summary>The id that the next page gets; at the end, the first beyond the file.</summary>
    public long NextPage { get; private set; }

    public bool IsEmpty => _taken == _bytes.WrittenCount;

    /// <summary>
    /// Appends a page of <paramref name="used"/> bytes, header included, with as many overflow pages as it needs. The
    /// caller fills <paramref name="page"/>, which is zero and empty when measuring.
    /// </summary>
    public long Append(int used, ushort flags, int count, out Span<byte> page)
    {
        long id = NextPage;
        long pages = BoltFormat.Pages(used);
        NextPage += pages;
        page = default;
        if (!measuring)
        {
            int length = checked((int)(pages * BoltFormat.PageBytes));
            page = _bytes.GetSpan(length)[..length];
            page.Clear();
            BoltFormat.WriteHeader(page, id, flags, count, pages - 1);
            _bytes.Advance(length);
        }

        return id;
    }

    /// <summary>Moves bytes out, in order; returns how many.</summary>
    public int Take(Span<byte> destination)
    {
        int length = Math.Min(destination.Length, _bytes.WrittenCount - _taken);
        _bytes.WrittenSpan.Slice(_taken, length).CopyTo(destination);
        _taken += length;
        if (IsEmpty)
        {
            _bytes.ResetWrittenCount();
            _taken = 0;
        }

        return length;
    }
}
