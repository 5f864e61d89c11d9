using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Keelson.Base.Codec;
using Keelson.Store.History;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>Gathers the hits of one range and orders them. Holds entries and keys, never values.</summary>
internal sealed class RangeSorter(HistoryStore history)
{
    private readonly List<Item> _items = [];
    private readonly ProtoBuffer _keys = new();

    public int Count => _items.Count;

    public void Clear()
    {
        _items.Clear();
        _keys.Release();
    }

    /// <summary>Adds a hit and returns the place for its key.</summary>
    public Span<byte> Add(VersionEntry entry, int keyLength)
    {
        _items.Add(new Item(entry, _keys.Length, keyLength));
        Span<byte> key = _keys.GetSpan(keyLength)[..keyLength];
        _keys.Advance(keyLength);
        return key;
    }

    public VersionEntry EntryAt(int index) => _items[index].Entry;

    public ReadOnlySpan<byte> KeyAt(int index) => Key(_items[index]);

    /// <summary>Orders by the target; equal ones stay in key order, also when descending.</summary>
    public void Sort(SortTarget target, bool descending)
    {
        Comparison<Item> ascending = target switch
        {
            SortTarget.Version => (left, right) => left.Entry.Version.CompareTo(right.Entry.Version),
            SortTarget.Create => (left, right) => left.Entry.CreateRevision.CompareTo(right.Entry.CreateRevision),
            SortTarget.Mod => (left, right) => left.Entry.Modified.Main.CompareTo(right.Entry.Modified.Main),
            SortTarget.Value => (left, right) => Value(left).SequenceCompareTo(Value(right)),
            _ => (left, right) => left.KeyOffset.CompareTo(right.KeyOffset),
        };
        try
        {
            _items.Sort((left, right) =>
            {
                int order = descending ? ascending(right, left) : ascending(left, right);
                return order != 0 ? order : left.KeyOffset.CompareTo(right.KeyOffset);
            });
        }
        catch (InvalidOperationException exception) when (exception.InnerException is { } cause)
        {
            // Values are read while they are compared, and a sort wraps what a comparison throws: callers tell a
            // failed disk from a bug by its type.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    /// <summary>Keys were added ascending, so their place in the buffer is their order.</summary>
    private ReadOnlySpan<byte> Key(Item item) => _keys.Written.Slice(item.KeyOffset, item.KeyLength);

    private ReadOnlySpan<byte> Value(Item item) => history.ReadValue(item.Entry.Modified);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Item(VersionEntry Entry, int KeyOffset, int KeyLength);
}
