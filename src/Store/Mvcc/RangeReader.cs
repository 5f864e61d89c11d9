using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Answers a RangeRequest: writes kvs (2), more (3) and count (4) of etcdserverpb.RangeResponse; the header is the
/// caller's. One thread at a time, inside an epoch pin or on the owner's thread.
/// </summary>
/// <param name="pages">The trees.</param>
/// <param name="history">The values.</param>
/// <param name="counts">
/// What earlier pages of lists counted; null for readers in the middle of a batch, whose revision is not finished.
/// </param>
internal sealed class RangeReader(PageStore pages, HistoryStore history, ListCounts? counts = null)
{
    private const int KeyValuesField = 2;
    private const int MoreField = 3;
    private const int CountField = 4;

    private readonly VersionReader _versions = new(pages);
    private readonly RangeSorter _sorter = new(history);
    private readonly ListedValues _values = new(history, KeyValuesField);
    private readonly ProtoBuffer _key = new();

    public StoreError Execute(ReadView view, scoped in RangeRequest request, ProtoBuffer output)
    {
        StoreError error = view.Resolve(request.Revision, out Revision revision);
        if (error != StoreError.None)
        {
            return error;
        }

        KeyInterval interval = request.Interval;
        if (request.CountOnly)
        {
            output.Int64(CountField, Count(view, interval, revision));
        }
        else if (interval.IsSingleKey)
        {
            WriteSingle(view, request, revision, output);
        }
        else if (request.NeedsSorting || request.HasRevisionFilter)
        {
            WriteSorted(view, request, revision, output);
        }
        else
        {
            WriteInKeyOrder(view, request, revision, output);
        }

        return StoreError.None;
    }

    /// <summary>
    /// How many bytes <see cref="Execute"/> writes at most, without reading a value: exact for an answer in key order,
    /// but for its last two fields.
    /// </summary>
    public StoreError Measure(ReadView view, scoped in RangeRequest request, out AnswerSize size)
    {
        size = AnswerSize.Nothing;
        StoreError error = view.Resolve(request.Revision, out Revision revision);
        KeyInterval interval = request.Interval;
        if (error != StoreError.None || request.CountOnly || interval.IsEmpty)
        {
            return error;
        }

        bool cuts = request.Limit > 0 && !request.NeedsSorting && !request.HasRevisionFilter;
        long bytes = 0;
        long largest = 0;
        _versions.Begin(view.Keys, interval, revision);
        for (long left = cuts ? request.Limit : long.MaxValue; left > 0; left--)
        {
            if (!_versions.MoveNext(interval, out VersionEntry entry))
            {
                break;
            }

            entry = request.KeysOnly ? entry with { ValueLength = 0 } : entry;
            int length = ProtoSize.Message(KeyValuesField, entry.KeyValueBytes(_versions.KeyLength));
            largest = Math.Max(largest, length);
            bytes += length;
        }

        // A limit that cuts after sorting or filtering: at worst it keeps the largest ones.
        bool isCutLater = !cuts && request.Limit > 0 && largest > 0 && request.Limit < bytes / largest;
        bool isExact = !request.HasRevisionFilter && (request.Limit <= 0 || !request.NeedsSorting);
        size = new AnswerSize(isCutLater ? request.Limit * largest : bytes, isExact);
        return StoreError.None;
    }

    /// <summary>Keys that exist in the interval: by walking when nothing tells.</summary>
    private long Count(ReadView view, scoped KeyInterval interval, Revision revision)
    {
        if (interval.IsEmpty)
        {
            return 0;
        }

        if (!interval.IsSingleKey && TryCountAll(view, interval, revision, out long count))
        {
            return count;
        }

        _versions.Begin(view.Keys, interval, revision);
        return CountRest(interval);
    }

    /// <summary>
    /// Keys that exist in an interval, from the counts in the tree: for an older revision with what changed since.
    /// </summary>
    private bool TryCountAll(ReadView view, scoped KeyInterval interval, Revision revision, out long count)
    {
        count = TreeCounter.CountLive(pages, view.Keys, interval.Start, interval.End, interval.ToEnd);
        return revision == view.Current
            || EarlierCounter.TryCount(history, view, interval, revision, ref count);
    }

    private long CountRest(scoped KeyInterval interval)
    {
        long count = 0;
        while (_versions.MoveNext(interval, out _))
        {
            count++;
        }

        return count;
    }

    private void WriteSingle(ReadView view, scoped in RangeRequest request, Revision revision, ProtoBuffer output)
    {
        if (_versions.TryGet(view.Keys, request.Key, revision, out VersionEntry entry))
        {
            if (RangeFilter.Passes(request, entry))
            {
                WriteOne(request, entry, output);
            }

            output.Int64(CountField, request.WithoutCount ? 0 : 1);
        }
    }

    private void WriteOne(scoped in RangeRequest request, VersionEntry entry, ProtoBuffer output)
    {
        if (request.KeysOnly)
        {
            WriteWithoutValue(request.Key, entry, output);
            return;
        }

        output.Message(KeyValuesField, history.Read(entry.Modified));
    }

    private void WriteInKeyOrder(ReadView view, scoped in RangeRequest request, Revision revision, ProtoBuffer output)
    {
        KeyInterval interval = request.Interval;
        if (interval.IsEmpty)
        {
            return;
        }

        long limit = request.Limit > 0 ? request.Limit : long.MaxValue;
        long written = 0;
        _versions.Begin(view.Keys, interval, revision);
        long bytesMax = request.BytesMax > 0 ? request.BytesMax : long.MaxValue;
        bool takesMore = true;
        while (takesMore && _versions.MoveNext(interval, out VersionEntry entry))
        {
            WriteCurrent(entry, request.KeysOnly, output);
            written++;
            takesMore = written < limit && output.Length < bytesMax && !output.IsOverflown;
        }

        _values.Flush(output);
        if (request.WithoutCount || output.IsOverflown)
        {
            return;
        }

        long count = written == limit ? CountList(view, request, revision, written) : written;
        output.Bool(MoreField, count > written);
        output.Int64(CountField, count);
    }

    /// <summary>
    /// All keys of a list whose limit was reached: from the counts in the tree for the newest revision, for an older
    /// one from the page before or from what changed since, and by walking on when neither knows.
    /// </summary>
    private long CountList(ReadView view, scoped in RangeRequest request, Revision revision, long written)
    {
        KeyInterval interval = request.Interval;
        RememberKey();
        long count = 0;
        bool isKnown = revision != view.Current
            && counts?.TryFind(revision, request.RangeEnd, request.Key, out count) == true;
        if (!isKnown && !TryCountAll(view, interval, revision, out count))
        {
            count = written + CountRest(interval);
        }

        if (count > written)
        {
            counts?.Keep(revision, request.RangeEnd, _key.Written, count - written);
        }

        return count;
    }

    /// <summary>
    /// Sorting and filters disable the limit's push-down: everything is gathered, filtered, sorted and then cut, and
    /// count ignores the filters (etcd 3.5, apply: executeRange).
    /// </summary>
    private void WriteSorted(ReadView view, scoped in RangeRequest request, Revision revision, ProtoBuffer output)
    {
        KeyInterval interval = request.Interval;
        long count = 0;
        // Without a named order the limit cuts before sorting, one more than asked for (etcd 3.5 to 3.8: rangeLimit).
        bool cutsFirst = request is { SortOrder: SortOrder.None, HasRevisionFilter: false, Limit: > 0 };
        long gatheredMax = cutsFirst ? Math.Min(request.Limit, int.MaxValue) + 1 : int.MaxValue;
        _sorter.Clear();
        if (!interval.IsEmpty)
        {
            _versions.Begin(view.Keys, interval, revision);
            while (_versions.MoveNext(interval, out VersionEntry entry))
            {
                count++;
                if (_sorter.Count < gatheredMax && RangeFilter.Passes(request, entry))
                {
                    _versions.CopyKey(_sorter.Add(entry, _versions.KeyLength));
                }
            }
        }

        if (request.NeedsSorting)
        {
            _sorter.Sort(request.SortTarget, request.SortOrder == SortOrder.Descend);
        }

        long limit = request.Limit > 0 ? Math.Min(request.Limit, _sorter.Count) : _sorter.Count;
        for (int index = 0; index < limit && !output.IsOverflown; index++)
        {
            WriteKeyValue(_sorter.KeyAt(index), _sorter.EntryAt(index), request.KeysOnly, output);
        }

        _values.Flush(output);
        output.Bool(MoreField, limit < _sorter.Count);
        output.Int64(CountField, count);
        _sorter.Clear();
    }

    private void WriteCurrent(VersionEntry entry, bool keysOnly, ProtoBuffer output)
    {
        if (!keysOnly)
        {
            _values.Add(entry, _versions.KeyLength, output);
            return;
        }

        RememberKey();
        WriteWithoutValue(_key.Written, entry, output);
    }

    private void RememberKey()
    {
        int length = _versions.KeyLength;
        _key.Clear();
        _versions.CopyKey(_key.GetSpan(length)[..length]);
        _key.Advance(length);
    }

    private void WriteKeyValue(ReadOnlySpan<byte> key, VersionEntry entry, bool keysOnly, ProtoBuffer output)
    {
        if (!keysOnly)
        {
            _values.Add(entry, key.Length, output);
            return;
        }

        WriteWithoutValue(key, entry, output);
    }

    /// <summary>keys_only needs no history: the tree knows everything but the value.</summary>
    private static void WriteWithoutValue(ReadOnlySpan<byte> key, VersionEntry entry, ProtoBuffer output)
    {
        KeyValueView keyValue = entry.ToKeyValue(key, default);
        KeyValueCodec.Write(keyValue, output.Message(KeyValuesField, KeyValueCodec.Size(keyValue)));
    }
}
