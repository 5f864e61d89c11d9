using Keelson.Base.Identity;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>etcd's watch bugs, by the number of their issue: what happened there must not happen here.</summary>
public sealed class WatchKnownBugsTests
{
    [Test]
    public void Issue15220_ProgressStorm_NeverOvertakesEvents()
    {
        // There: a requested progress went past the channel of events.
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        WatchRecord record = client.Watch("/", "0");
        WatchRecord other = client.Watch("/b/", "/b0", start: 2);
        for (int round = 0; round < 200; round++)
        {
            world.WriteRandom();
            world.Hub.RequestProgress(client.Id);
            world.Hub.NotifyProgress();
            if (round % 3 == 0)
            {
                world.Hub.Advance();
                client.Take(round % 5);
            }

            world.Hub.RequestProgress(client.Id);
        }

        world.Drain();
        world.Hub.RequestProgress(client.Id);
        world.Drain();
        Assert.That(client.ManualProgress, Has.Count.GreaterThan(1));
        Assert.That(client.ManualProgress[^1], Is.EqualTo(world.Current));
        Assert.That(record.Bookmarks, Is.EqualTo(other.Bookmarks).Or.Not.Empty);
        WatchGuarantees.CheckAll(world);
    }

    [Test]
    public void Issue15220_WatchBehind_ProgressRequestIsDropped()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        world.Write("/a", "1");
        client.Watch("/a", start: 2);
        client.Watch("/a");
        world.Hub.RequestProgress(client.Id);
        world.Drain();
        Assert.That(client.ManualProgress, Is.Empty);
        world.Hub.RequestProgress(client.Id);
        world.Drain();
        Assert.That(client.ManualProgress, Is.EqualTo(new[] { world.Current }));
    }

    [Test]
    public void Issue15271_InstallOfAnotherHistory_MovesNoCursor()
    {
        // There: restoring a snapshot set all watchers back or ahead. Past, current and future ones, one too old.
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        for (int revision = 2; revision <= 20; revision++)
        {
            world.Write($"/{revision}", "v");
        }

        WatchRecord past = client.Watch("/", "0", start: 15);
        WatchRecord live = client.Watch("/", "0");
        WatchRecord future = client.Watch("/", "0", start: 28);
        WatchRecord farFuture = client.Watch("/", "0", start: 40);
        WatchRecord old = client.Watch("/", "0", start: 5);
        for (int revision = 21; revision <= 30; revision++)
        {
            world.Append([($"/{revision}", "v")]);
        }

        world.Hub.Install(world.History, new Revision(30), new Revision(10));
        world.Hub.RequestProgress(client.Id);
        world.Drain();
        world.Hub.RequestProgress(client.Id);
        world.Write("/31", "v");
        world.Drain();
        Assert.That(past.Changes.Select(change => change.Revision), Is.EqualTo(Range(15, 31)));
        Assert.That(live.Changes.Select(change => change.Revision), Is.EqualTo(Range(21, 31)));
        Assert.That(future.Changes.Select(change => change.Revision), Is.EqualTo(Range(28, 31)));
        Assert.That(farFuture.Changes, Is.Empty);
        Assert.That(old.Compacted?.CompactRevision.Value, Is.EqualTo(10));
        Assert.That(client.ManualProgress, Is.Empty, "a watch waits for the future");
        WatchGuarantees.CheckAll(world);
    }

    [Test]
    public void Issue15271_InstallBeyondACompaction_EndsLiveWatches()
    {
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        world.Write("/a", "1");
        WatchRecord live = client.Watch("/", "0");
        world.Append([("/a", "2")], [("/a", "3")], [("/a", "4")]);
        world.Hub.Install(world.History, new Revision(5), new Revision(5));
        world.Drain();
        Assert.That(live.Compacted?.CompactRevision.Value, Is.EqualTo(5));
        Assert.That(live.Changes, Is.Empty);
    }

    [Test]
    public void Issue20221_FutureStart_SilentUntilReached()
    {
        // There: watches of a future revision got old events and notifications.
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        WatchRecord record = client.Create(new WatchRequest
        {
            Key = "/",
            RangeEnd = "0",
            StartRevision = new Revision(6),
            ProgressNotify = true,
        })!;
        for (int revision = 2; revision <= 8; revision++)
        {
            world.Hub.NotifyProgress();
            world.Hub.RequestProgress(client.Id);
            world.Drain();
            Assert.That(record.Bookmarks.Select(bookmark => bookmark.Revision), Is.All.GreaterThanOrEqualTo(5));
            world.Write($"/{revision}", "v");
        }

        world.Drain();
        Assert.That(record.Changes.Select(change => change.Revision), Is.EqualTo(Range(6, 8)));
        Assert.That(record.Bookmarks, Is.Not.Empty);
    }

    [Test]
    public void Issue17529_ThousandWatchesOnAStalledStream_LoseNothingAndSeeTheCompaction()
    {
        // There: a full channel swallowed the compacted notice and the cursor jumped.
        using var world = new WatchWorld(1);
        WatchClient stalled = world.Open(1);
        WatchClient quick = world.Open(2);
        WatchRecord witness = quick.Watch("/", "0");
        for (int watch = 0; watch < 1000; watch++)
        {
            stalled.Watch("/", "0", start: watch % 2 == 0 ? 0 : 2);
        }

        for (int round = 0; round < 60; round++)
        {
            world.WriteRandom();
            world.Hub.Advance();
            quick.Take(int.MaxValue);
        }

        world.CompactAt(world.Current - 10);
        world.Checkpoint();
        world.Reclaim();
        world.Drain();
        WatchGuarantees.CheckAll(world);
        Assert.That(stalled.Records.Count(record => record.Compacted is not null), Is.GreaterThan(900));
        Assert.That(witness.Compacted, Is.Null);
        Assert.That(witness.Changes, Has.Count.EqualTo(world.Changes.Count));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Issue18089And19179_DeleteAtTheCompactRevision_IsSeen(bool isReclaimed)
    {
        // There: the tombstone at exactly the compact revision was dropped.
        using var world = new WatchWorld(1);
        WatchClient client = world.Open(1);
        for (int key = 0; key < 30; key++)
        {
            world.Write($"/{key}", new string('v', 50));
        }

        world.Write([[.. Enumerable.Range(0, 30).Select(key => ($"/{key}", (string?)null))]]);
        long deleted = world.Current;
        world.Checkpoint();
        world.CompactAt(deleted);
        for (int key = 0; key < 40; key++)
        {
            world.Write($"/{key}", new string('w', 50));
            world.Checkpoint();
        }

        if (isReclaimed)
        {
            world.Reclaim();
        }

        WatchRecord[] records = [.. Enumerable.Range(0, 30).Select(key => client.Watch($"/{key}", start: deleted))];
        world.Drain();
        foreach (WatchRecord record in records)
        {
            Assert.That(record.Changes.Select(change => change.IsDelete), Is.EqualTo(new[] { true, false }));
        }

        WatchGuarantees.CheckAll(world);
    }

    private static IEnumerable<long> Range(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(revision => (long)revision);
}
