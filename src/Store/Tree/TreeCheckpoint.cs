using Keelson.Base.Codec;
using Keelson.Base.Memory;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>
/// Writes the dirty pages of some frozen roots, children before parents, as pieces that the host writes and syncs while
/// the owner goes on. The owner constructs it right after a freeze; another thread takes the pieces and completes it.
/// </summary>
/// <remarks>
/// A dirty page's parents are dirty, so clean subtrees are not entered. Pages in segments to be relocated are rewritten
/// too: their bytes do not change, only their address, and so the disk form of their parents.
/// </remarks>
internal sealed class TreeCheckpoint : IDisposable
{
    private readonly PageStore _pages;
    private readonly IReadOnlyList<TreeRoot> _roots;
    private readonly IReadOnlySet<int> _relocate;
    private readonly PageHold _hold;
    private readonly Dictionary<int, long> _deadBytes;
    private readonly Dictionary<int, PageAddress> _written = [];
    private readonly Stack<Visit> _path = new();
    private readonly byte[] _piece;
    private byte[] _page = [];
    private PageAddress _pageAddress;
    private int _pageTaken;
    private int _segment;
    private long _segmentEnd;
    private int _nextRoot;
    private int _visits;
    private bool _completed;

    /// <param name="pages">Where the roots' pages are.</param>
    /// <param name="roots">The roots of the last frozen batch, all of them.</param>
    /// <param name="relocate">Poor segments whose live pages are to move.</param>
    public TreeCheckpoint(PageStore pages, IReadOnlyList<TreeRoot> roots, IReadOnlySet<int>? relocate = null)
    {
        _pages = pages;
        _roots = [.. roots];
        _relocate = relocate ?? new HashSet<int>();
        _piece = new byte[pages.Options.PieceBytesMax];
        foreach (TreeRoot root in _roots)
        {
            Invariant.Require(root.IsEmpty || !pages.IsEditable(root.Frame));
        }

        _hold = pages.Hold([.. _roots]);
        TreeSegment open = pages.BeginCheckpoint(_relocate, out _deadBytes);
        _segment = open.Number;
        _segmentEnd = open.Bytes;
    }

    /// <summary>How many pages were handed out so far.</summary>
    public int WrittenPages => _written.Count;

    /// <summary>
    /// The next piece; false when all have been taken. It is empty when for a while only pages were met that stay.
    /// </summary>
    public bool TryTake(out PageWrite write)
    {
        _visits = 0;
        int filled = 0;
        int segment = _pageAddress.Segment;
        long offset = _pageAddress.Offset + _pageTaken;
        while (filled < _piece.Length)
        {
            if (_pageTaken == _pageAddress.Length)
            {
                if (!NextPage())
                {
                    break;
                }

                segment = filled == 0 ? _pageAddress.Segment : segment;
                offset = filled == 0 ? _pageAddress.Offset : offset;
            }

            if (_pageAddress.Segment != segment)
            {
                break;
            }

            int length = Math.Min(_piece.Length - filled, _pageAddress.Length - _pageTaken);
            _page.AsSpan(_pageTaken, length).CopyTo(_piece.AsSpan(filled));
            _pageTaken += length;
            filled += length;
        }

        write = new PageWrite(segment, offset, _piece.AsMemory(0, filled));
        return filled > 0 || !IsAtEnd;
    }

    private bool IsAtEnd =>
        _nextRoot == _roots.Count && _path.Count == 0 && _pageTaken == _pageAddress.Length;

    /// <summary>
    /// All pieces are written and synced: the pages are clean now. Returns the roots' addresses, in the given order.
    /// </summary>
    public IReadOnlyList<PageAddress> Complete()
    {
        Invariant.Require(!_completed && IsAtEnd);
        _completed = true;
        _pages.CompleteCheckpoint(_written, _deadBytes);
        PageAddress[] addresses = [.. _roots.Select(root => root.IsEmpty ? PageAddress.None : AddressOf(root.Frame))];
        _hold.Dispose();
        return addresses;
    }

    /// <summary>Lets the roots go.</summary>
    public void Dispose() => _hold.Dispose();

    // Walks on to the next page that is to be written, and encodes it; false at the end, and after so many visits.
    private bool NextPage()
    {
        while (_visits++ < _pages.Options.PieceVisitsMax)
        {
            if (!_path.TryPop(out Visit visit))
            {
                if (_nextRoot == _roots.Count)
                {
                    return false;
                }

                Enter(_roots[_nextRoot++].Frame);
            }
            else if (!TryEnterChild(visit) && MustWrite(visit.Frame))
            {
                Encode(visit.Frame);
                return true;
            }
        }

        return false;
    }

    // Enters the next child of a page, to come back after it; false when all children are done.
    private bool TryEnterChild(Visit visit)
    {
        if (_pages.LevelOf(visit.Frame) == 0)
        {
            return false;
        }

        using EpochPin pin = _pages.Epochs.Enter();
        var inner = new InnerPage(_pages.Page(visit.Frame));
        for (int child = visit.NextChild; child < inner.Count; child++)
        {
            if (IsOfInterest(inner.Frame(child)))
            {
                _path.Push(visit with { NextChild = child + 1 });
                Enter(inner.Frame(child));
                return true;
            }
        }

        return false;
    }

    private void Enter(int frame)
    {
        if (frame != 0 && IsOfInterest(frame))
        {
            _path.Push(new Visit(frame, 0));
        }
    }

    // Clean pages matter only when they, or something below them, may have to move.
    private bool IsOfInterest(int frame)
    {
        PageAddress address = _pages.AddressOf(frame);
        return !_written.ContainsKey(frame)
            && (address.IsNone
                || (_relocate.Count > 0 && (_pages.LevelOf(frame) > 0 || _relocate.Contains(address.Segment))));
    }

    private bool MustWrite(int frame)
    {
        PageAddress address = _pages.AddressOf(frame);
        return address.IsNone || _relocate.Contains(address.Segment) || HasMovedChild(frame);
    }

    private bool HasMovedChild(int frame)
    {
        if (_pages.LevelOf(frame) == 0)
        {
            return false;
        }

        using EpochPin pin = _pages.Epochs.Enter();
        var inner = new InnerPage(_pages.Page(frame));
        bool moved = false;
        for (int child = 0; child < inner.Count && !moved; child++)
        {
            moved = _written.ContainsKey(inner.Frame(child));
        }

        return moved;
    }

    private void Encode(int frame)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        ReadOnlySpan<byte> memory = _pages.Page(frame);
        bool leaf = PageLayout.Level(memory) == 0;
        int length = leaf ? PageLayout.UsedBytes(memory) : InnerDiskPage.DiskBytes(memory);
        if (_page.Length < length)
        {
            _page = new byte[Math.Max(length, 2 * _pages.Options.SplitBytes)];
        }

        Span<byte> disk = _page.AsSpan(0, length);
        if (leaf)
        {
            PageLayout.CopyTo(memory, disk);
        }
        else
        {
            InnerDiskPage.FromMemory(memory, disk, AddressOf);
        }

        if (_segmentEnd > 0 && _segmentEnd + length > _pages.Options.SegmentBytesMax)
        {
            _segment++;
            _segmentEnd = 0;
        }

        _pageAddress = new PageAddress(_segment, _segmentEnd, length, Crc32C.Compute(disk));
        _pageTaken = 0;
        _segmentEnd += length;
        _written.Add(frame, _pageAddress);
    }

    private PageAddress AddressOf(int frame) =>
        _written.TryGetValue(frame, out PageAddress address) ? address : _pages.AddressOf(frame);

    private readonly record struct Visit(int Frame, int NextChild);
}
