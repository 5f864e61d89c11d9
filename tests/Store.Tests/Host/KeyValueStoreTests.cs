using System.Globalization;
using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.Store.Tests.Host;

/// <summary>The embedding API on a real directory: what the README promises.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KeyValueStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;

    private static StoreOptions Options => new()
    {
        LogSegmentBytes = 4 << 20,
        Failed = static _ => { },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Put_ThenGet_ReturnsIt()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        PutResult put = await store.PutAsync("greeting", "hello");
        Assert.That(put.Revision, Is.EqualTo(new Revision(2)));
        Assert.That(store.Get("greeting")?.Value.ToString(), Is.EqualTo("hello"));
        Assert.That(store.Get("nothing"), Is.Null);
    }

    [Test]
    public async Task Open_AfterCleanStop_HasEverything()
    {
        await using (KeyValueStore store = KeyValueStore.Open(_directory, Options))
        {
            for (int index = 0; index < 500; index++)
            {
                await store.PutAsync($"key-{index:d3}", $"value-{index}");
            }

            await store.DeleteAsync(KeyRange.Prefix("key-1"));
        }

        await using KeyValueStore again = KeyValueStore.Open(_directory, Options);
        Assert.That(again.Revision, Is.EqualTo(new Revision(502)));
        RangeResult all = again.Range(new RangeQuery { Keys = KeyRange.All });
        Assert.That(all.Count, Is.EqualTo(400));
        Assert.That(all.KeyValues[399].Value.ToString(), Is.EqualTo("value-499"));
        var before = new RangeQuery { Keys = "key-111", Revision = new Revision(400) };
        Assert.That(again.Range(before).Count, Is.EqualTo(1));
    }

    [Test]
    public void Within_LittleMemory_SharesItAndStillOpens([Values(1L, 128L << 20, 1L << 40)] long memoryBytes)
    {
        StoreOptions options = Options.Within(memoryBytes);
        Assert.That(options.Check, Throws.Nothing);
        long shares = options.TreeCacheBytesMax + options.ValueCacheBytesMax + options.TailBytesMax
            + options.WaitingBytesMax + (2 * options.Tuning.CheckpointBytes);
        Assert.That(shares, Is.LessThan(Math.Max(memoryBytes / 3, 4 << 20)));
        Assert.That(Options.Within(1L << 40), Is.EqualTo(Options));
    }

    /// <summary>
    /// Neither requests nor bytes of outcomes ask for a checkpoint yet: the pages that cannot be dropped do.
    /// </summary>
    [Test]
    public async Task Put_DirtiesHalfOfTheTreeCache_IsCheckpointed()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options with { TreeCacheBytesMax = 64 << 10 });
        for (int index = 0; index < 400; index++)
        {
            await store.PutAsync($"{index:d3}{new string('k', 300)}", "v");
        }

        Assert.That(() => File.Exists(Path.Combine(_directory, "root-0")), Is.True.After(60_000, 10));
    }

    [Test]
    public async Task Open_Twice_IsRefused()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        Assert.That(
            () => KeyValueStore.Open(_directory, Options),
            Throws.TypeOf<DiskException>().With.Message.Contains("open in another process"));
    }

    [Test]
    public async Task Put_ManyAtOnce_AllAnsweredWithDistinctRevisions()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        PutResult[] results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(
            index => store.PutAsync($"key-{index % 50}", $"{index}").AsTask()));
        Assert.That(results.Select(result => result.Revision.Value).Order(), Is.EqualTo(Enumerable.Range(2, 2000)));
    }

    [Test]
    public async Task Transact_ComparedAndSwapped_OnlyOneOfManyWins()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        var txn = new Transaction
        {
            When = [Condition.Missing("lock")],
            Then = [Operation.Put("lock", "mine")],
            Otherwise = [Operation.Get("lock")],
        };
        TransactionResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => store.TransactAsync(txn).AsTask()));
        Assert.That(results.Count(result => result.Succeeded), Is.EqualTo(1));
    }

    [Test]
    public async Task Lease_NotKept_EndsWithItsKeys()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options with { LeaseTtlSecondsMin = 1 });
        LeaseGrant lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(1));
        await store.PutAsync("session", "alive", new PutOptions { Lease = lease.Id });
        Assert.That(store.GetLeaseTimeToLive(lease.Id), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(() => store.Get("session"), Is.Null.After(10_000, 20));
        Assert.That(store.ListLeases(), Is.Empty);
    }

    [Test]
    public async Task Compact_OldRevision_IsRefusedAfterwards()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        await store.PutAsync("a", "1");
        await store.PutAsync("a", "2");
        await store.CompactAsync(store.Revision);
        Assert.That(
            () => store.Range(new RangeQuery { Keys = "a", Revision = new Revision(2) }),
            Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Compacted));
        Assert.That(store.Get("a")?.Value.ToString(), Is.EqualTo("2"));
    }

    [Test]
    public async Task Compact_Physical_CompletesAfterTrimming()
    {
        var observer = new RecordingObserver();
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options with { Observer = observer });
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(index => store.PutAsync("a", $"{index}").AsTask()));
        await store.CompactAsync(store.Revision, physical: true);
        Assert.That(observer.Trims, Is.EqualTo(1));
    }

    [Test]
    public async Task Watch_FromThePast_ReplaysThenFollows()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        await store.PutAsync("a/1", "x");
        await store.PutAsync("b/1", "x");
        List<string> seen = [];
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var options = new WatchChangesOptions { ReturnPrevious = true };
        await foreach (WatchBatch batch in store.WatchAsync(
            KeyRange.Prefix("a/"), new Revision(2), options, enough.Token))
        {
            seen.AddRange(batch.Changes.Select(change => string.Create(
                CultureInfo.InvariantCulture,
                $"{change.KeyValue.ModRevision} {change.KeyValue.Key} {change.IsDelete} {change.Previous?.Value}")));
            if (seen.Count == 1)
            {
                await store.PutAsync("a/1", "y");
                await store.DeleteAsync("a/1");
            }

            if (seen.Count == 3)
            {
                break;
            }
        }

        Assert.That(seen, Is.EqualTo(new[] { "2 a/1 False ", "4 a/1 False x", "5 a/1 True y" }));
    }

    [Test]
    public async Task Watch_CompactedStart_IsRefused()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        await store.PutAsync("a", "1");
        await store.PutAsync("a", "2");
        await store.CompactAsync(new Revision(3));
        await using IAsyncEnumerator<WatchBatch> watch =
            store.WatchAsync("a", new Revision(2)).GetAsyncEnumerator();
        Assert.That(
            async () => await watch.MoveNextAsync(),
            Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Compacted));
    }

    [Test]
    public async Task Get_AfterDispose_IsRefused()
    {
        KeyValueStore store = KeyValueStore.Open(_directory, Options);
        await store.DisposeAsync();
        Assert.That(
            () => store.Get("a"), Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Stopped));
    }
}
