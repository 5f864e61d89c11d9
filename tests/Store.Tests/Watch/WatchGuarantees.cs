using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>
/// One checker per guarantee of etcd's watch API, by its name (docs of etcd 3.6, "Watch API guarantees").
/// </summary>
internal static class WatchGuarantees
{
    public static void CheckAll(WatchWorld world)
    {
        foreach (WatchClient client in world.Clients.Values)
        {
            Assert.That(client.ManualProgress, Is.Ordered, "manual progress never falls");
            foreach (WatchRecord record in client.Records)
            {
                CreatedFirst(record);
                Ordered(record);
                Unique(record);
                Atomic(record);
                Filtered(record);
                PreviousValueRight(record, world);
                Bookmarkable(record);
                Resumable(record, world);
                Reliable(record, world);
                Terminal(record);
            }
        }
    }

    public static void CreatedFirst(WatchRecord record)
    {
        Assert.That(record.Items[0], Is.TypeOf<WatchItem.Created>());
        Assert.That(record.Items.OfType<WatchItem.Created>().Count(), Is.EqualTo(1));
    }

    public static void Ordered(WatchRecord record) =>
        Assert.That(record.Changes.Select(change => change.Revision), Is.Ordered);

    public static void Unique(WatchRecord record) =>
        Assert.That(record.Changes.Select(change => (change.Revision, change.Key)), Is.Unique);

    /// <summary>A revision's events are in one item, or in neighbouring fragments.</summary>
    public static void Atomic(WatchRecord record)
    {
        WatchItem.Events? before = null;
        foreach (WatchItem.Events item in record.Events)
        {
            if (before is not null)
            {
                bool isSplit = WatchClient.Decode(before)[^1].Revision == WatchClient.Decode(item)[0].Revision;
                Assert.That(isSplit, Is.False.Or.EqualTo(before.IsFragment));
            }

            Assert.That(item.IsFragment, Is.False.Or.EqualTo(record.Request.Fragment));
            before = item;
        }

        Assert.That(before?.IsFragment ?? false, Is.False, "a last fragment is missing");
    }

    public static void Filtered(WatchRecord record)
    {
        List<WatchChange> changes = record.Changes;
        Assert.That(record.Owed(changes), Has.Count.EqualTo(changes.Count));
    }

    public static void PreviousValueRight(WatchRecord record, WatchWorld world)
    {
        Dictionary<(long, string), string> expected =
            world.Changes.ToDictionary(change => (change.Revision, change.Key), change => change.Previous);
        foreach (WatchChange change in record.Changes)
        {
            string previous = record.Request.PreviousKeyValue ? expected[(change.Revision, change.Key)] : "";
            Assert.That(change.Previous, Is.EqualTo(previous));
        }
    }

    /// <summary>
    /// No event at or below a progress revision comes after it; progress never falls; headers neither.
    /// </summary>
    public static void Bookmarkable(WatchRecord record)
    {
        Assert.That(record.Bookmarks.Select(bookmark => bookmark.Revision), Is.Ordered);
        foreach ((long revision, int items) in record.Bookmarks)
        {
            Assert.That(revision, Is.GreaterThanOrEqualTo(record.Start - 1), "no progress before the start is reached");
            IEnumerable<WatchChange> later =
                record.Items.Skip(items).OfType<WatchItem.Events>().SelectMany(WatchClient.Decode);
            Assert.That(later.Where(change => change.Revision <= revision), Is.Empty);
        }

        Assert.That(record.Items.Select(item => item.HeaderRevision.Value), Is.Ordered, "headers");
        IEnumerable<WatchItem.Events> wrong =
            record.Events.Where(item => item.Covered.Value < WatchClient.Decode(item)[^1].Revision);
        Assert.That(wrong, Is.Empty, "covered");
    }

    /// <summary>The first event is the first match at or after the start.</summary>
    public static void Resumable(WatchRecord record, WatchWorld world)
    {
        List<WatchChange> changes = record.Changes;
        if (changes.Count > 0)
        {
            Assert.That(changes[0], Is.EqualTo(record.Owed(world.Changes)[0]));
        }
    }

    /// <summary>
    /// Everything owed came: up to now, or up to where a compacted or canceled watch ended without a gap.
    /// </summary>
    public static void Reliable(WatchRecord record, WatchWorld world)
    {
        List<WatchChange> owed = record.Owed(world.Changes);
        List<WatchChange> changes = record.Changes;
        bool isWhole = record.Compacted is null && !record.IsCanceled;
        Assert.That(changes, Is.EqualTo(isWhole ? owed : owed.Take(changes.Count)));
        if (record.Compacted is { } compacted)
        {
            long next = changes.Count == 0 ? record.Start : changes[^1].Revision + 1;
            Assert.That(next, Is.LessThan(compacted.CompactRevision.Value), "ended without need");
        }
    }

    public static void Terminal(WatchRecord record)
    {
        int end = record.Items.FindIndex(item => item is WatchItem.Compacted or WatchItem.Canceled);
        Assert.That(end, Is.EqualTo(-1).Or.EqualTo(record.Items.Count - 1));
        Assert.That(record.IsCanceled, Is.EqualTo(record.Items[^1] is WatchItem.Canceled));
    }
}
