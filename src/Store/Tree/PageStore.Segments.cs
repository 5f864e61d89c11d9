using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>
/// What of each segment file is alive. A page dies on disk with the first checkpoint whose roots do not reach it, not
/// when the owner replaces it: after a crash the last checkpoint's table must fit the last checkpoint's tree.
/// </summary>
internal sealed partial class PageStore
{
    private const long NoCheckpoint = -1;

    private readonly SortedDictionary<int, TreeSegment> _segments = [];
    private readonly Dictionary<int, long> _deadBytes = [];
    private readonly List<int> _diedDuringCheckpoint = [];
    private readonly List<ClosingSegment> _closing = [];
    private long _checkpointBatch = NoCheckpoint;
    private int _appendSegment;

    /// <summary>The segment files as the last checkpoint left them, by number; for the caller's root.</summary>
    public IReadOnlyList<TreeSegment> Segments
    {
        get
        {
            lock (_lock)
            {
                return [.. _segments.Values];
            }
        }
    }

    /// <summary>The table that <see cref="Segments"/> gave to the root that the store starts from.</summary>
    public void LoadSegments(IReadOnlyList<TreeSegment> segments)
    {
        lock (_lock)
        {
            foreach (TreeSegment segment in segments)
            {
                _segments.Add(segment.Number, segment);
            }
        }
    }

    /// <summary>
    /// Takes a segment without live bytes out of the table so that its file can be unlinked: once no root slot names it
    /// any more. False while a reader or a held root may still read from it.
    /// </summary>
    public bool TryForget(int segment)
    {
        lock (_lock)
        {
            // The highest number stays in the table: the next segment must not take the name of a file that the older
            // root slot still reaches.
            if (_segments[segment].LiveBytes != 0 || segment == LastSegmentLocked() || IsWaitedForLocked(segment))
            {
                return false;
            }

            _segments.Remove(segment);
            // A reader that knows where a page was before it moved may still be about to open the file.
            _closing.Add(new ClosingSegment(segment, _epochs.Stamp()));
            return true;
        }
    }

    /// <summary>Begins a checkpoint of roots that are frozen; returns where its first page goes.</summary>
    internal TreeSegment BeginCheckpoint(IReadOnlySet<int> relocate, out Dictionary<int, long> deadBytes)
    {
        lock (_lock)
        {
            Invariant.Require(_checkpointBatch == NoCheckpoint);
            _checkpointBatch = Batch - 1;
            deadBytes = new Dictionary<int, long>(_deadBytes);
            _deadBytes.Clear();
            return _segments.TryGetValue(_appendSegment, out TreeSegment open) && !relocate.Contains(_appendSegment)
                ? open
                : new TreeSegment(LastSegmentLocked() + 1, 0, 0);
        }
    }

    /// <summary>All pages are durable: frames learn their addresses, segments what lives and what died.</summary>
    internal void CompleteCheckpoint(Dictionary<int, PageAddress> written, Dictionary<int, long> deadBytes)
    {
        lock (_lock)
        {
            foreach ((int segment, long bytes) in deadBytes)
            {
                AddLiveLocked(segment, -bytes);
            }

            foreach ((int frame, PageAddress address) in written)
            {
                PageAddress old = _frames[frame].Disk;
                if (old.IsNone)
                {
                    Interlocked.Add(ref _dirtyBytes, -Bytes(_frames[frame].Address).Length);
                }
                else
                {
                    AddLiveLocked(old.Segment, -old.Length);
                }

                AppendLocked(address);
                _frames[frame].Disk = address;
            }

            _checkpointBatch = NoCheckpoint;
            foreach (int frame in _diedDuringCheckpoint)
            {
                CountDeathLocked(frame);
            }

            _diedDuringCheckpoint.Clear();
        }
    }

    // The pages that this batch replaced, while their frames still say where they are.
    private void CountDeathsLocked()
    {
        foreach (int frame in _replacedNow)
        {
            if (_checkpointBatch != NoCheckpoint && _frames[frame].Born <= _checkpointBatch)
            {
                // The checkpoint's roots reach it, and it may get an address or a new one at the end.
                _diedDuringCheckpoint.Add(frame);
            }
            else
            {
                CountDeathLocked(frame);
            }
        }
    }

    private void CountDeathLocked(int frame)
    {
        PageAddress address = _frames[frame].Disk;
        if (!address.IsNone)
        {
            _deadBytes[address.Segment] = _deadBytes.GetValueOrDefault(address.Segment) + address.Length;
        }
    }

    private void AddLiveLocked(int number, long bytes)
    {
        TreeSegment segment = _segments[number];
        Invariant.Require(segment.LiveBytes + bytes >= 0);
        _segments[number] = segment with { LiveBytes = segment.LiveBytes + bytes };
    }

    private void AppendLocked(PageAddress address)
    {
        TreeSegment segment = _segments.GetValueOrDefault(address.Segment, new TreeSegment(address.Segment, 0, 0));
        _segments[address.Segment] = segment with
        {
            Bytes = Math.Max(segment.Bytes, address.Offset + address.Length),
            LiveBytes = segment.LiveBytes + address.Length,
        };
        _appendSegment = Math.Max(_appendSegment, address.Segment);
    }

    private int LastSegmentLocked()
    {
        int last = 0;
        foreach (int number in _segments.Keys)
        {
            last = number;
        }

        return last;
    }

    private bool IsWaitedForLocked(int segment)
    {
        foreach (Limbo page in _limbo)
        {
            if (page.Frame != 0 && _frames[page.Frame].DiskSegment == segment)
            {
                return true;
            }
        }

        return _heldBack.Exists(page => _frames[page.Frame].DiskSegment == segment)
            || _replacedBefore.Exists(frame => _frames[frame].DiskSegment == segment)
            || _checkpointBatch != NoCheckpoint;
    }

    private void CloseForgottenLocked(long oldest)
    {
        for (int index = _closing.Count - 1; index >= 0; index--)
        {
            if (_closing[index].Stamp < oldest)
            {
                _files.Close((ulong)_closing[index].Segment);
                _closing.RemoveAt(index);
            }
        }
    }

    private readonly record struct ClosingSegment(int Segment, long Stamp);
}
