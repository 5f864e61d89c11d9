using System.Runtime.InteropServices;
using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// One check per guarantee of etcd's watch API, by its name (docs of etcd 3.6, "Watch API guarantees"), against the
/// model of all writes. Each says what is wrong, or null.
/// </summary>
internal static class WatchChecks
{
    /// <summary>What breaks a guarantee; null when nothing does.</summary>
    /// <param name="log">The watch.</param>
    /// <param name="truth">Led through everything that was written.</param>
    /// <param name="all">What <see cref="AllEvents"/> says of it.</param>
    public static string? Check(WatchLog log, EtcdModel truth, IReadOnlyList<WatchEvent> all)
    {
        string? complaint = CreatedFirst(log) ?? Ordered(log) ?? Unique(log, all) ?? Atomic(log) ?? Filtered(log)
            ?? Bookmarkable(log) ?? Resumable(log, all) ?? Reliable(log, all) ?? PreviousValue(log, truth, all)
            ?? Terminal(log);
        return complaint is null ? null : $"{log}: {complaint}\n{string.Join('\n', log.Items)}";
    }

    public static string? CreatedFirst(WatchLog log)
    {
        bool isFirst = log.Items.Count == 0 || log.Items[0] is WatchItem.Created;
        return isFirst && log.Items.OfType<WatchItem.Created>().Count() <= 1 ? null : "not created first, and once";
    }

    public static string? Ordered(WatchLog log)
    {
        long last = 0;
        foreach (WatchEvent change in log.Changes)
        {
            if (change.KeyValue.ModRevision < last)
            {
                return $"{change} comes after revision {last}";
            }

            last = change.KeyValue.ModRevision;
        }

        return null;
    }

    /// <summary>A transaction may change a key twice (a deletion to the end is checked against no put).</summary>
    public static string? Unique(WatchLog log, IReadOnlyList<WatchEvent> all)
    {
        Dictionary<(long, string), int> left = [];
        foreach (WatchEvent change in all)
        {
            (long, string) place = (change.KeyValue.ModRevision, change.KeyValue.Key);
            left[place] = left.GetValueOrDefault(place) + 1;
        }

        return log.Changes
            .Where(change => --CollectionsMarshal.GetValueRefOrAddDefault(
                left, (change.KeyValue.ModRevision, change.KeyValue.Key), out _) < 0)
            .Select(change => $"{change} comes twice").FirstOrDefault();
    }

    /// <summary>A revision's events are in one response, or in neighbouring fragments.</summary>
    public static string? Atomic(WatchLog log)
    {
        WatchItem.Events? before = null;
        foreach (WatchItem.Events batch in log.Batches)
        {
            bool isSplit = before is not null
                && before.Changes[^1].KeyValue.ModRevision == batch.Changes[0].KeyValue.ModRevision;
            if (isSplit != (before?.IsFragment ?? false))
            {
                return $"{before} and {batch} {(isSplit ? "split a revision" : "are no fragments of one")}";
            }

            if (batch.IsFragment && !log.Fragment)
            {
                return $"{batch} is a fragment that nobody asked for";
            }

            before = batch;
        }

        return (before?.IsFragment ?? false) && !log.IsCut ? "the last fragment is missing" : null;
    }

    public static string? Filtered(WatchLog log) => log.Changes.Where(change => !log.Wants(change))
        .Select(change => $"{change} was not wanted").FirstOrDefault();

    /// <summary>No event at or below a progress revision comes after it; headers never fall.</summary>
    public static string? Bookmarkable(WatchLog log)
    {
        long header = 0;
        long bookmark = 0;
        foreach (WatchItem item in log.Items)
        {
            if (item.HeaderRevision < header)
            {
                return $"{item}: the header's revision falls below {header}";
            }

            if (item is WatchItem.Events { Changes: var changes } && changes[0].KeyValue.ModRevision <= bookmark)
            {
                return $"{item} comes behind the progress at {bookmark}";
            }

            if (item is WatchItem.Progress && item.HeaderRevision < log.Start - 1)
            {
                return $"{item} before the start is reached";
            }

            header = item.HeaderRevision;
            bookmark = item is WatchItem.Progress ? header : bookmark;
        }

        return null;
    }

    /// <summary>The first event is the first match at or after the start.</summary>
    public static string? Resumable(WatchLog log, IReadOnlyList<WatchEvent> all)
    {
        WatchEvent? first = log.Changes.FirstOrDefault();
        WatchEvent? owed = all.FirstOrDefault(log.Wants);
        return first is null || Same(first, owed) ? null : $"begins with {first} instead of {owed}";
    }

    /// <summary>
    /// Everything owed came, up to now or up to where the watch was cut, canceled, or found the rest compacted.
    /// </summary>
    public static string? Reliable(WatchLog log, IReadOnlyList<WatchEvent> all)
    {
        List<WatchEvent> owed = [.. all.Where(log.Wants)];
        List<WatchEvent> came = [.. log.Changes];
        int wrong = Enumerable.Range(0, came.Count).FirstOrDefault(
            index => index >= owed.Count || !Same(came[index], owed[index]), -1);
        if (wrong >= 0)
        {
            return $"{came[wrong]} instead of {owed.ElementAtOrDefault(wrong)}";
        }

        bool isWhole = !log.IsCut && !log.Items.Exists(item => item is WatchItem.Compacted or WatchItem.Canceled);
        if (isWhole && came.Count < owed.Count)
        {
            return $"{owed[came.Count]} is missing";
        }

        // What a progress promised came before it.
        return log.Items.OfType<WatchItem.Progress>().Any(
                item => came.Count < owed.Count && owed[came.Count].KeyValue.ModRevision <= item.HeaderRevision)
            ? $"{owed[came.Count]} is missing behind a progress"
            : NeedlesslyCompacted(log, came);
    }

    /// <summary>A value that compaction took may be absent; one that is told is right.</summary>
    public static string? PreviousValue(WatchLog log, EtcdModel truth, IReadOnlyList<WatchEvent> all)
    {
        foreach ((WatchEvent change, WatchEvent owed) in log.Changes.Zip(all.Where(log.Wants)))
        {
            KeyValue? right = log.PreviousKeyValue ? owed.Previous : null;
            bool mayBeAbsent = change.KeyValue.ModRevision - 1 < truth.CompactRevision;
            if (change.Previous != right && !(change.Previous is null && mayBeAbsent))
            {
                return $"{change} should have had {right} before";
            }
        }

        return null;
    }

    public static string? Terminal(WatchLog log)
    {
        int end = log.Items.FindIndex(item => item is WatchItem.Compacted or WatchItem.Canceled);
        return end < 0 || end == log.Items.Count - 1 ? null : "something comes behind the end";
    }

    /// <summary>
    /// Every event ever, with what the key was one revision before, though that may be compacted by now.
    /// </summary>
    public static List<WatchEvent> AllEvents(EtcdModel truth)
    {
        var newest = new Dictionary<string, KeyValue?>(StringComparer.Ordinal);
        List<WatchEvent> events = [];
        foreach (IGrouping<long, Change> revision in truth.Changes.GroupBy(change => change.Revision))
        {
            foreach (Change change in revision)
            {
                bool isCreation = !change.Deleted && change.KeyValue.CreateRevision == change.Revision;
                KeyValue? previous = isCreation ? null : newest.GetValueOrDefault(change.KeyValue.Key);
                events.Add(new WatchEvent(change.Deleted, change.KeyValue, previous));
            }

            foreach (Change change in revision)
            {
                newest[change.KeyValue.Key] = change.Deleted ? null : change.KeyValue;
            }
        }

        return events;
    }

    private static string? NeedlesslyCompacted(WatchLog log, List<WatchEvent> came)
    {
        long next = came.Count == 0 ? log.Start : came[^1].KeyValue.ModRevision + 1;
        return log.Items.OfType<WatchItem.Compacted>().Any(item => next >= item.CompactRevision)
            ? $"ended as compacted although {next} was next"
            : null;
    }

    private static bool Same(WatchEvent came, WatchEvent? owed) =>
        owed is not null && came.Deleted == owed.Deleted && came.KeyValue == owed.KeyValue;
}
