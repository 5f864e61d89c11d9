using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>
/// Reads the prefix page by page as Kubernetes does: the first page at the newest revision, the others pinned to what
/// its header said, from the last key and a zero byte on. Or only counts.
/// </summary>
internal sealed class ListWorkload : IWorkload
{
    private readonly KeySpace _keys;
    private readonly int _pageKeys;
    private readonly Cursor[] _cursors;
    private readonly byte[] _behindLast;

    /// <summary>0 keys a page counts only.</summary>
    public ListWorkload(KeySpace keys, int pageKeys, int slots)
    {
        _keys = keys;
        _pageKeys = pageKeys;
        _behindLast = new byte[keys.KeyBytes + 1];
        _cursors = new Cursor[slots];
        for (int slot = 0; slot < slots; slot++)
        {
            // Spread over the key space, so that the slots do not read the same pages at the same time.
            int pages = Math.Max(1, keys.Count / Math.Max(1, pageKeys));
            _cursors[slot].Next = pageKeys * (int)((long)slot * pages / slots);
        }
    }

    /// <summary>The store's revision as the last reply said.</summary>
    public long LastRevision { get; private set; }

    public string Name => _pageKeys == 0 ? "count" : "list";

    public bool ChangesData => false;

    public int RequestBytesMax => (2 * _keys.KeyBytes) + EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        ref Cursor cursor = ref _cursors[slot];
        Page page = new(_pageKeys, cursor.Revision, _pageKeys == 0);
        ReadOnlySpan<byte> from = _pageKeys == 0 || cursor.Next == 0 ? KeySpace.Prefix : Behind(cursor.Next - 1);
        length = EtcdRequest.List(message, from, _keys.PrefixEnd, page);
        return RpcMethod.Range;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply)
    {
        if (!EtcdReply.TryRange(reply, out EtcdReply range))
        {
            return false;
        }

        LastRevision = range.Revision;
        ref Cursor cursor = ref _cursors[slot];
        int left = _keys.Count - cursor.Next;
        bool right = range.Keys == Math.Min(_pageKeys, left) && range.Count == left;
        cursor.Next += _pageKeys;
        cursor.Revision = range.Revision;
        if (cursor.Next >= _keys.Count || _pageKeys == 0)
        {
            cursor = default;
        }

        return right;
    }

    private byte[] Behind(int number)
    {
        _keys.Key(number).CopyTo(_behindLast);
        return _behindLast;
    }

    private record struct Cursor(int Next, long Revision);
}
