using Keelson.Base.Codec;
using Keelson.Store.Requests;

namespace Keelson.Store.Watch;

/// <summary>What a group of watches has in common: which events they get, and how those are encoded.</summary>
internal readonly record struct WatchRange(Bytes Key, Bytes End, WatchFilters Filters, bool PreviousKeyValue)
{
    public bool IsSingleKey => End.IsEmpty;

    public bool ToEnd => End.Length == 1 && End.Span[0] == 0;

    /// <summary>etcd refuses a range that holds nothing.</summary>
    public bool IsEmpty => new KeyInterval(Key.Span, End.Span).IsEmpty;

    /// <summary>Etcd's reading of a request: no key is the smallest one.</summary>
    public static WatchRange Of(WatchRequest request)
    {
        Bytes key = request.Key.IsEmpty ? new byte[] { 0 } : request.Key;
        return new WatchRange(key, request.RangeEnd, request.Filters, request.PreviousKeyValue);
    }

    public bool Wants(bool isDelete) => (Filters & (isDelete ? WatchFilters.NoDelete : WatchFilters.NoPut)) == 0;

    /// <summary>An order of ranges: by first key, then by everything else.</summary>
    public int CompareTo(WatchRange other)
    {
        int order = Key.Span.SequenceCompareTo(other.Key.Span);
        order = order != 0 ? order : End.Span.SequenceCompareTo(other.End.Span);
        order = order != 0 ? order : Filters.CompareTo(other.Filters);
        return order != 0 ? order : PreviousKeyValue.CompareTo(other.PreviousKeyValue);
    }

    /// <summary>The same in every process; decides the shape of the index and nothing else.</summary>
    public ulong Priority() => Hash64.Compute(
        End.Span, Hash64.Compute(Key.Span, (ulong)Filters + (PreviousKeyValue ? 4UL : 0UL)));
}
