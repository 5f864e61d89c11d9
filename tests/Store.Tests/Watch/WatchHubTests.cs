using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Store.Requests;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

public sealed class WatchHubTests
{
    [TestCase("b", "a", 0, "mvcc: watcher range is empty")]
    [TestCase("b", "b", 0, "mvcc: watcher range is empty")]
    [TestCase("b", "", 7, "mvcc: duplicate watch ID provided on the WatchStream")]
    public void Create_NotAllowed_IsRefusedWithEtcdsText(string key, string end, long id, string reason)
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        client.Create(new WatchRequest { Key = "x", WatchId = 7 });
        Assert.That(client.Create(new WatchRequest
        {
            Key = key,
            RangeEnd = end,
            WatchId = id,
        }), Is.Null);
        world.Drain();
        Assert.That(client.Refusals, Is.EqualTo(new[] { reason }));
    }

    [Test]
    public void Create_NoId_GetsFreeIdsFromZero()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        client.Create(new WatchRequest { Key = "x", WatchId = 1 });
        long[] ids = [client.Watch("a").Id, client.Watch("a").Id, world.Open(2).Watch("a").Id];
        Assert.That(ids, Is.EqualTo(new long[] { 0, 2, 0 }));
    }

    /// <summary>etcd takes any id but 0, which asks for one.</summary>
    [Test]
    public void Create_NegativeId_IsTaken()
    {
        using var world = new WatchWorld(1);
        Assert.That(world.Open(1).Create(new WatchRequest { Key = "x", WatchId = -3 })!.Id, Is.EqualTo(-3));
    }

    /// <summary>
    /// Of etcd (3.5.16): a start below zero is compared like any other with the compact revision, which is -1 while
    /// nothing was compacted.
    /// </summary>
    [TestCase(-1, false)]
    [TestCase(-2, true)]
    [TestCase(long.MinValue, true)]
    public void Create_NegativeStart_IsAllOfTheHistoryOrCompacted(long start, bool isCompacted)
    {
        using var world = new WatchWorld(1);
        world.Write("/a", "1");
        world.Write("/a", "2");
        WatchRecord record = world.Open(1).Watch("/a", start: start);
        world.Drain();
        Assert.That(record.Compacted?.CompactRevision.Value, Is.EqualTo(isCompacted ? -1 : null));
        Assert.That(record.Changes, Has.Count.EqualTo(isCompacted ? 0 : 2));
    }

    [Test]
    public void Create_BelowTheCompactRevision_CreatedThenCompacted()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        for (int revision = 2; revision < 9; revision++)
        {
            world.Write("/a", "v");
        }

        world.CompactAt(6);
        WatchRecord record = client.Watch("/a", start: 5);
        WatchRecord exact = client.Watch("/a", start: 6);
        world.Drain();
        Assert.That(record.Items, Has.Count.EqualTo(2));
        Assert.That(record.Items[1], Is.EqualTo(new WatchItem.Compacted(record.Id, new Revision(8), new Revision(6))));
        Assert.That(exact.Changes.Select(change => change.Revision), Is.EqualTo(new long[] { 6, 7, 8 }));
    }

    [Test]
    public void Publish_CompactionInTheSameBatch_LiveWatchStillGetsItsEvents()
    {
        using var world = new WatchWorld(1);
        WatchRecord record = world.Open(1).Watch("/", "0");
        world.Append([("/a", "1")], [("/b", "2")], [("/a", "3")]);
        world.CompactAt(world.Current);
        world.Drain();
        Assert.That(record.Changes, Has.Count.EqualTo(3));
        Assert.That(record.Compacted, Is.Null);
    }

    [Test]
    public void Publish_ManyWatchesOfOneRange_ShareOneEncoding()
    {
        using var world = new WatchWorld(1);
        var items = new List<WatchItem.Events>();
        for (long stream = 0; stream < 5; stream++)
        {
            world.Open(stream).Watch("/", "0");
        }

        world.Write("/a", "1");
        foreach (WatchClient client in world.Clients.Values)
        {
            world.Hub.TryTake(client.Id, out _);
            Assert.That(world.Hub.TryTake(client.Id, out WatchItem? item), Is.True);
            items.Add((WatchItem.Events)item!);
        }

        Assert.That(items.Select(item => item.Encoded), Is.All.EqualTo(items[0].Encoded), "the same memory");
    }

    [Test]
    public void Publish_StreamThatTakesNothing_HoldsItsBoundAndNoMore()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        client.Watch("/", "0");
        client.Watch("/", "0", start: 2);
        for (int round = 0; round < 300; round++)
        {
            world.Write("/a", new string('v', 100));
            world.Hub.Advance();
        }

        Assert.That(world.Hub.HasRoom(client.Id), Is.False);
        Assert.That(world.Hub.Advance(), Is.False, "a full stream gets no turns");
        long bytes = 0;
        while (world.Hub.TryTake(client.Id, out WatchItem? item))
        {
            bytes += item.Bytes;
        }

        Assert.That(bytes, Is.LessThan(WatchWorld.Tiny.StreamBytesMax + (2 * WatchWorld.Tiny.ItemBytesMax) + 500));
    }

    [Test]
    public void Publish_LargeRevision_IsWholeOrInFragments()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        WatchRecord whole = client.Watch("/", "0");
        WatchRecord split = client.Create(new WatchRequest { Key = "/", RangeEnd = "0", Fragment = true })!;
        world.Write([[.. Enumerable.Range(0, 20).Select(key => ($"/{key}", (string?)new string('v', 90)))]]);
        world.Drain();
        Assert.That(whole.Events.Count(), Is.EqualTo(1));
        Assert.That(split.Events.Count(), Is.GreaterThan(5));
        Assert.That(split.Events.Select(item => item.IsFragment), Is.EqualTo(
            split.Events.Select((_, at) => at < split.Events.Count() - 1)));
        int bytesMax = WatchWorld.Tiny.FragmentBytesMax;
        Assert.That(split.Events.Select(item => item.Encoded.Length), Is.All.LessThanOrEqualTo(bytesMax));
        WatchGuarantees.CheckAll(world);
    }

    [Test]
    public void NotifyProgress_OnlyIdleSyncedWatchesThatAsked()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        WatchRecord asked = client.Create(new WatchRequest { Key = "/a", ProgressNotify = true })!;
        WatchRecord silent = client.Watch("/a");
        world.Write("/a", "1");
        world.Hub.NotifyProgress();
        world.Drain();
        Assert.That(asked.Bookmarks, Is.Empty, "it was busy");
        world.Write("/b", "1");
        world.Hub.NotifyProgress();
        world.Drain();
        Assert.That(asked.Bookmarks.Select(bookmark => bookmark.Revision), Is.EqualTo(new[] { world.Current }));
        Assert.That(silent.Bookmarks, Is.Empty);
    }

    [Test]
    public void Cancel_Running_EndsAfterWhatWasQueued_UnknownIsIgnored()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        WatchRecord record = client.Watch("/a");
        world.Write("/a", "1");
        client.Cancel(record.Id);
        world.Write("/a", "2");
        world.Drain();
        Assert.That(world.Hub.Cancel(client.Id, record.Id), Is.False);
        Assert.That(record.Changes, Has.Count.EqualTo(1));
        Assert.That(record.Items[^1], Is.TypeOf<WatchItem.Canceled>());
        Assert.That(world.Hub.Counts, Is.EqualTo((0, 0)));
    }

    [Test]
    public void Advance_OneStreamWithManyWatches_DoesNotHoldUpAnother()
    {
        // Goal: turns go round the streams. 200 watches on one stream, each at its own place, one on another.
        using var world = new WatchWorld(1);
        for (int revision = 0; revision < 400; revision++)
        {
            world.Write("/a", new string('v', 100));
        }

        WatchClient crowd = world.Open(1);
        for (int watch = 0; watch < 200; watch++)
        {
            crowd.Watch("/a", start: 400 - watch);
        }

        WatchRecord single = world.Open(2).Watch("/a", start: 2);
        int turns = 0;
        while (single.Changes.Count < 400 && turns < 400)
        {
            world.Hub.Advance();
            world.Clients[1].Take(2);
            world.Clients[2].Take(int.MaxValue);
            turns++;
        }

        Assert.That(turns, Is.LessThan(400));
    }

    [Test]
    public void Advance_WatchFarBehind_DoesNotHoldUpItsNeighbour()
    {
        using var world = new WatchWorld(1);
        for (int revision = 0; revision < 400; revision++)
        {
            world.Write("/a", new string('v', 100));
        }

        WatchClient client = world.Open(1);
        client.Watch("/a", start: 2);
        WatchRecord near = client.Watch("/a", start: 399);
        for (int turn = 0; turn < 2; turn++)
        {
            world.Hub.Advance();
            client.Take(int.MaxValue);
        }

        Assert.That(near.Changes, Has.Count.EqualTo(3));
    }

    [Test]
    public void TryTakeReady_NamesAStreamOnceUntilItIsEmptied()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        client.Watch("/a");
        client.Watch("/b");
        Assert.That(world.Hub.TryTakeReady(out WatchStreamId ready), Is.True);
        Assert.That(ready, Is.EqualTo(client.Id));
        Assert.That(world.Hub.TryTakeReady(out _), Is.False);
        client.Take(int.MaxValue);
        world.Write("/a", "1");
        Assert.That(world.Hub.TryTakeReady(out _), Is.True);
        world.Hub.Close(client.Id);
        Assert.That(world.Hub.TryTakeReady(out _), Is.False);
        Assert.That(world.Hub.TryTake(client.Id, out _), Is.False);
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Index_AnyRanges_MatchesLikeALinearSearch(ulong seed)
    {
        var random = new SeededRandom(seed);
        var index = new WatchIndex();
        List<WatchGroup> groups = [];
        for (int step = 0; step < 120; step++)
        {
            if (groups.Count > 0 && random.Below(3) == 0)
            {
                int at = random.Below(groups.Count);
                index.Remove(groups[at]);
                groups.RemoveAt(at);
            }
            else
            {
                Bytes end = random.Below(3) == 0 ? default : new Bytes(Key());
                var range = new WatchRange(Key(), end, WatchFilters.None, random.Below(2) == 0);
                WatchGroup group = index.GetOrAdd(range);
                Assert.That(index.GetOrAdd(range), Is.SameAs(group));
                groups = [.. groups.Union([group])];
            }

            byte[] key = Key();
            List<WatchGroup> found = [];
            index.Match(key, found);
            Assert.That(found, Is.EquivalentTo(groups.Where(group =>
                new KeyInterval(group.Range.Key.Span, group.Range.End.Span).Contains(key))));
        }

        byte[] Key()
        {
            byte[] key = new byte[1 + random.Below(3)];
            for (int at = 0; at < key.Length; at++)
            {
                key[at] = (byte)random.Below(4);
            }

            return key;
        }
    }
}
