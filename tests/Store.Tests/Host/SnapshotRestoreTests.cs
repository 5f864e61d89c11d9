using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>A backup of a store, restored into another one.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SnapshotRestoreTests : IDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromHours(1);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;

    private static StoreOptions Options => new()
    {
        LogSegmentBytes = 4 << 20,
        Failed = static _ => { },
    };

    private string Source => Path.Combine(_directory, "source");

    private string Target => Path.Combine(_directory, "target");

    private string Backup => Path.Combine(_directory, "backup");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestCase(0, false)]
    [TestCase(1, false)]
    [TestCase(600, false)]
    [TestCase(600, true)]
    public async Task Restore_OfASnapshot_IsTheSameStore(int changes, bool compacts)
    {
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        await ChangeAsync(source, new SeededRandom(5), changes);
        if (compacts)
        {
            await source.CompactAsync(new Revision(source.Revision.Value / 2));
        }

        await SaveAsync(source);
        RestoreResult result = await KeyValueStore.RestoreAsync(Backup, Target);

        await using KeyValueStore target = KeyValueStore.Open(Target, Options);
        Assert.That(result.Revision, Is.EqualTo(source.Revision));
        Assert.That(target.CompactRevision, Is.EqualTo(source.CompactRevision));
        await RequireEqualAsync(target, source);
        Assert.That(
            target.ListLeases().OrderBy(static lease => lease.Value),
            Is.EqualTo(source.ListLeases().OrderBy(static lease => lease.Value)));
    }

    [Test]
    public async Task Restore_ThenChanges_GoesOnAndStartsAgain()
    {
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        await ChangeAsync(source, new SeededRandom(6), 200);
        LeaseGrant lease = await source.GrantLeaseAsync(LeaseTime);
        await source.PutAsync("leased", "1", new PutOptions { Lease = lease.Id });
        await SaveAsync(source);
        await KeyValueStore.RestoreAsync(Backup, Target);
        await using (KeyValueStore target = KeyValueStore.Open(Target, Options))
        {
            Assert.That(target.GetLeaseTimeToLive(lease.Id), Is.EqualTo(LeaseTime).Within(TimeSpan.FromMinutes(1)));
            await target.RevokeLeaseAsync(lease.Id);
            Assert.That(target.Get("leased"), Is.Null);
            await source.RevokeLeaseAsync(lease.Id);
            await ChangeAsync(target, new SeededRandom(7), 100);
            await ChangeAsync(source, new SeededRandom(7), 100);
            await RequireEqualAsync(target, source);
        }

        await using KeyValueStore again = KeyValueStore.Open(Target, Options);
        await RequireEqualAsync(again, source);
    }

    // Goal: a point in time. The stream that takes the backup is slow, and between its pieces everything goes on: puts,
    // deletions, and a compaction that makes the backup's own revision unreadable.
    [Test]
    public async Task Snapshot_WhileWritesGoOn_IsOfOneMoment()
    {
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        await ChangeAsync(source, new SeededRandom(8), 400, valueBytes: 20_000);
        Revision revision = source.Revision;
        RangeResult before = All(source, revision);
        HistoryHash hash = await source.HashAsync(revision);
        int pieces = 0;
        await using (var file = new InterruptingStream(File.Create(Backup), async () =>
        {
            await ChangeAsync(source, new SeededRandom((ulong)++pieces), 100);
            await source.CompactAsync(source.Revision);
        }))
        {
            Assert.That(await source.SnapshotAsync(file), Is.EqualTo(revision));
        }

        Assert.That(pieces, Is.GreaterThan(2));
        await KeyValueStore.RestoreAsync(Backup, Target);
        await using KeyValueStore target = KeyValueStore.Open(Target, Options);
        Assert.That(target.Revision, Is.EqualTo(revision));
        Assert.That(All(target, revision).KeyValues, Is.EqualTo(before.KeyValues));
        Assert.That(await target.HashAsync(), Is.EqualTo(hash));
    }

    // Goal: memory is bounded by batches and checkpoints on the way, and none of them shows in the result.
    [Test]
    public async Task Restore_OfMoreThanACheckpoint_IsTheSameStore()
    {
        const int versions = 150;
        const int valueBytes = 500_000;
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        for (int version = 0; version < versions; version++)
        {
            await source.PutAsync($"key/{version % 40}", new string((char)('a' + (version % 26)), valueBytes));
        }

        await SaveAsync(source);
        List<(long Done, long Total)> progress = [];
        await KeyValueStore.RestoreAsync(
            Backup, Target, new RestoreOptions { Progress = new SynchronousProgress(progress.Add) });
        Assert.That(progress, Is.Not.Empty, "a checkpoint was written on the way");
        await using (KeyValueStore target = KeyValueStore.Open(Target, Options))
        {
            Assert.That(await target.HashAsync(), Is.EqualTo(await source.HashAsync()));
            Assert.That(target.Get("key/3")?.Value, Is.EqualTo(source.Get("key/3")?.Value));
        }

        using RealDisk disk = RealDisk.Open(Target);
        Assert.That(StoreVerification.Run(disk, static _ => { }), Is.Empty);
    }

    // Goal: a watcher of the old cluster goes on where it was.
    [Test]
    public async Task Watch_OfARestoredStore_ReplaysFromAnOldRevision()
    {
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        await source.PutAsync("a", "1");
        await source.DeleteAsync("a");
        await source.PutAsync("a", "2");
        await SaveAsync(source);
        await KeyValueStore.RestoreAsync(Backup, Target);
        await using KeyValueStore target = KeyValueStore.Open(Target, Options);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        List<string> seen = [];
        await foreach (WatchBatch batch in target.WatchAsync("a", new Revision(2), null, enough.Token))
        {
            seen.AddRange(batch.Changes.Select(
                change => $"{change.KeyValue.ModRevision} {change.IsDelete} {change.KeyValue.Version}"));
            if (seen.Count == 3)
            {
                await target.PutAsync("a", "3");
            }
            else if (seen.Count > 3)
            {
                break;
            }
        }

        Assert.That(seen, Is.EqualTo(new[] { "2 False 1", "3 True 0", "4 False 1", "5 False 2" }));
    }

    [Test]
    public async Task Restore_WithBump_CompactsAllThatWas()
    {
        await using (KeyValueStore source = KeyValueStore.Open(Source, Options))
        {
            await source.PutAsync("a", "1");
            await source.PutAsync("a", "2");
            await SaveAsync(source);
        }

        RestoreResult result = await KeyValueStore.RestoreAsync(
            Backup, Target, new RestoreOptions { RevisionBump = 1_000_000 });
        await using KeyValueStore target = KeyValueStore.Open(Target, Options);
        Assert.That(result.Revision, Is.EqualTo(new Revision(1_000_003)));
        Assert.That(target.CompactRevision, Is.EqualTo(target.Revision));
        Assert.That(target.Get("a")?.ModRevision, Is.EqualTo(new Revision(3)));
        Assert.That(
            () => All(target, new Revision(3)),
            Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Compacted));
        Assert.That((await target.PutAsync("a", "3")).Revision, Is.EqualTo(new Revision(1_000_004)));
    }

    // Goal: whatever bit is wrong, the file is refused with a message, and nothing is left.
    [Test]
    public async Task Restore_OfADamagedFile_IsRefusedAndLeavesNothing()
    {
        await using (KeyValueStore source = KeyValueStore.Open(Source, Options))
        {
            await ChangeAsync(source, new SeededRandom(9), 60);
            await SaveAsync(source);
        }

        byte[] bytes = await File.ReadAllBytesAsync(Backup);
        var random = new SeededRandom(10);
        for (int flip = 0; flip < 60; flip++)
        {
            int bit = (int)(random.Next() % (ulong)(bytes.Length * 8));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(Backup, bytes);
            Assert.That(
                async () => await KeyValueStore.RestoreAsync(Backup, Target),
                Throws.TypeOf<StoreDamageException>().With.Message.Contains(Backup), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        RequireNothingLeft();
    }

    [TestCase(0)]
    [TestCase(40)]
    [TestCase(4096)]
    public async Task Restore_OfACutFile_IsRefused(int keptBytes)
    {
        await using (KeyValueStore source = KeyValueStore.Open(Source, Options))
        {
            await source.PutAsync("a", "1");
            await SaveAsync(source);
        }

        byte[] bytes = await File.ReadAllBytesAsync(Backup);
        await File.WriteAllBytesAsync(Backup, bytes[..keptBytes]);
        Assert.That(
            async () => await KeyValueStore.RestoreAsync(Backup, Target), Throws.TypeOf<StoreDamageException>());
        RequireNothingLeft();
    }

    [Test]
    public async Task Restore_Canceled_LeavesNothing()
    {
        await using (KeyValueStore source = KeyValueStore.Open(Source, Options))
        {
            await ChangeAsync(source, new SeededRandom(11), 100);
            await SaveAsync(source);
        }

        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        Assert.That(
            () => SnapshotRestore.Run(Backup, Target, new RestoreOptions(), canceled.Token),
            Throws.InstanceOf<OperationCanceledException>());
        RequireNothingLeft();
    }

    [Test]
    public async Task Restore_AfterAnInterruptedOne_StartsAnew()
    {
        await using (KeyValueStore source = KeyValueStore.Open(Source, Options))
        {
            await source.PutAsync("a", "1");
            await SaveAsync(source);
        }

        Directory.CreateDirectory(Target + ".partial");
        await File.WriteAllTextAsync(Path.Combine(Target + ".partial", "root-0"), "left by a killed process");
        await KeyValueStore.RestoreAsync(Backup, Target);
        await using KeyValueStore target = KeyValueStore.Open(Target, Options);
        Assert.That(target.Get("a")?.Value.ToString(), Is.EqualTo("1"));
    }

    [Test]
    public async Task Restore_IntoAUsedDirectory_IsRefused()
    {
        await using KeyValueStore source = KeyValueStore.Open(Source, Options);
        await SaveAsync(source);
        Assert.That(
            async () => await KeyValueStore.RestoreAsync(Backup, Source),
            Throws.TypeOf<IOException>().With.Message.Contains("not empty"));
    }

    private async Task SaveAsync(KeyValueStore store)
    {
        await using FileStream file = File.Create(Backup);
        await store.SnapshotAsync(file);
    }

    private void RequireNothingLeft() => Assert.That(
        Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName),
        Is.EquivalentTo(new[] { "source", "backup" }));

    /// <summary>Equal answers at every revision, and equal histories.</summary>
    private static async Task RequireEqualAsync(KeyValueStore actual, KeyValueStore expected)
    {
        Assert.That(actual.Revision, Is.EqualTo(expected.Revision));
        long first = Math.Max(expected.CompactRevision.Value, 1);
        for (long revision = first; revision <= expected.Revision.Value; revision++)
        {
            RangeResult want = All(expected, new Revision(revision));
            RangeResult have = All(actual, new Revision(revision));
            Assert.That(have.KeyValues, Is.EqualTo(want.KeyValues), $"revision {revision}");
        }

        Assert.That(await actual.HashAsync(), Is.EqualTo(await expected.HashAsync()));
    }

    private static RangeResult All(KeyValueStore store, Revision revision) =>
        store.Range(new RangeQuery { Keys = KeyRange.All, Revision = revision });

    private static async Task ChangeAsync(KeyValueStore store, SeededRandom random, int changes, int valueBytes = 50)
    {
        LeaseGrant lease = await store.GrantLeaseAsync(LeaseTime, new LeaseId(1 + (long)(random.Next() >> 1)));
        for (int change = 0; change < changes; change++)
        {
            string key = $"key/{random.Next() % 40:d3}";
            switch (random.Next() % 10)
            {
                case 0 or 1:
                    await store.DeleteAsync(key);
                    break;
                case 2:
                    await store.DeleteAsync(KeyRange.Prefix("key/01"));
                    break;
                case 3:
                    await store.PutAsync(key, "leased", new PutOptions { Lease = lease.Id });
                    break;
                default:
                    await store.PutAsync(key, new string('v', (int)(random.Next() % (ulong)valueBytes)));
                    break;
            }
        }
    }

    /// <summary>Progress on the caller's thread; the framework's posts it to another one.</summary>
    private sealed class SynchronousProgress(Action<(long Done, long Total)> report)
        : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}
