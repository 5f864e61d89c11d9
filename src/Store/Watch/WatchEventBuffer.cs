using System.Runtime.InteropServices;

namespace Keelson.Store.Watch;

/// <summary>The events that one scan found for one group, encoded, with where each begins.</summary>
internal sealed class WatchEventBuffer
{
    /// <summary>
    /// A watch that gets less than this share of the bytes gets a copy, so as not to keep the rest alive.
    /// </summary>
    private const int SharedDivisor = 4;

    private readonly List<Mark> _marks = [];
    private byte[] _bytes = [];
    private int _used;

    public int Count => _marks.Count;

    public int Bytes => _used;

    public void Add(long revision, bool isDelete, ReadOnlySpan<byte> keyValue, ReadOnlySpan<byte> previous)
    {
        int size = WatchEventCodec.Size(isDelete, keyValue.Length, previous.Length);
        if (_bytes.Length - _used < size)
        {
            // Most scans find one event for a group: that one gets exactly what it needs.
            Array.Resize(ref _bytes, Math.Max(_used + size, _bytes.Length * 2));
        }

        WatchEventCodec.Write(_bytes.AsSpan(_used, size), isDelete, keyValue, previous);
        _marks.Add(new Mark(revision, _used));
        _used += size;
    }

    public long Revision(int mark) => _marks[mark].Revision;

    /// <summary>The first event of a revision or a later one.</summary>
    public int Find(long revision)
    {
        int low = 0;
        int high = _marks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _marks[middle].Revision < revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>
    /// The end of a run from <paramref name="first"/> on: whole revisions, at least one, the last one begun before
    /// <paramref name="bytesMax"/>.
    /// </summary>
    public int EndOfRun(int first, int bytesMax)
    {
        int end = first + 1;
        while (end < _marks.Count
            && (_marks[end].Revision == _marks[end - 1].Revision || SizeOf(first, end) < bytesMax))
        {
            end++;
        }

        return end;
    }

    /// <summary>The end of a fragment: as many events as fit, at least one.</summary>
    public int EndOfFragment(int first, int end, int bytesMax)
    {
        int last = first + 1;
        while (last < end && SizeOf(first, last + 1) <= bytesMax)
        {
            last++;
        }

        return last;
    }

    public int SizeOf(int first, int end) => OffsetOf(end) - _marks[first].Offset;

    /// <summary>The events [first, end): shared bytes, or a copy of a small part of them.</summary>
    public ReadOnlyMemory<byte> Slice(int first, int end)
    {
        ReadOnlyMemory<byte> slice = _bytes.AsMemory(_marks[first].Offset, SizeOf(first, end));
        return slice.Length < _used / SharedDivisor ? slice.ToArray() : slice;
    }

    /// <summary>Forgets everything; what was sliced stays.</summary>
    public void Clear()
    {
        _marks.Clear();
        _bytes = [];
        _used = 0;
    }

    private int OffsetOf(int mark) => mark == _marks.Count ? _used : _marks[mark].Offset;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Mark(long Revision, int Offset);
}
