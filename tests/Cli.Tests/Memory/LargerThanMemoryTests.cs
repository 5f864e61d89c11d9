using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;

namespace Keelson.Cli.Tests.Memory;

/// <summary>
/// Goal: a database several times as large as the memory is ordinary. The real program runs under a limit; every answer
/// is compared with what key and revision make it.
/// </summary>
/// <remarks>
/// KEELSON_MEMORY_TEST_FACTOR=n makes the data n times as large under the same limit (make test-memory).
/// </remarks>
internal sealed class LargerThanMemoryTests
{
    private const long LimitBytes = 128L << 20;
    private const int GroupsPerFactor = 220;
    private const int Rounds = 3;
    private const int ReadsCount = 80;
    private const int ListsCount = 10;
    private const int ListKeys = 25;

    private readonly Random _random = new(20_26);
    private string _directory = null!;
    private WideKeys _keys = null!;
    private long _compacted = 1;
    private long _revision = 1;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Store_DataOfSeveralTimesItsMemory_AnswersEverything()
    {
        string factor = Environment.GetEnvironmentVariable("KEELSON_MEMORY_TEST_FACTOR") ?? "1";
        _keys = new WideKeys(GroupsPerFactor * int.Parse(factor, CultureInfo.InvariantCulture));
        using var limit = MemoryLimit.Create(LimitBytes);
        await using var store = new LimitedStore(limit, _directory);
        await store.StartAsync();
        await WriteAsync(store, Rounds * _keys.Groups);
        await CheckReadsAsync(store);
        await CheckWatchAsync(store, _revision - (_keys.Groups / 2));
        await CompactAsync(store);
        await CheckReadsAsync(store);

        await store.StopAsync();
        await store.StartAsync();
        await CheckReadsAsync(store);

        await KillWhileWritingAsync(store);
        await store.StartAsync();
        await AdoptRevisionAsync(store);
        await CheckReadsAsync(store);
        await WriteAsync(store, 10);
        await CheckWatchAsync(store, _compacted);
        Assert.Multiple(() =>
        {
            Assert.That(limit.KillsCount, Is.Zero);
            Assert.That(store.AnonymousBytesMax, Is.LessThan(limit.Bytes));
        });
        TestContext.Out.WriteLine(
            $"{_revision * WideKeys.GroupKeys * (long)WideKeys.ValueBytes >> 20} MiB of values under "
            + $"{limit.Bytes >> 20} MiB (enforced: {limit.IsEnforced}): {store.AnonymousBytesMax >> 20} MiB at most");
        await store.StopAsync();
    }

    private async Task WriteAsync(LimitedStore store, int groups)
    {
        for (int group = 0; group < groups; group++)
        {
            await store.WriteAsync(_keys, ++_revision);
        }
    }

    private async Task CheckReadsAsync(LimitedStore store)
    {
        for (int read = 0; read < ReadsCount; read++)
        {
            await CheckListAsync(store, _random.Next(_keys.Count), 1);
        }

        for (int list = 0; list < ListsCount; list++)
        {
            await CheckListAsync(store, _random.Next(_keys.Count - ListKeys), ListKeys);
        }

        RangeResult count = await store.ReadAsync(new RangeQuery(KeyRange.All) { CountOnly = true });
        Assert.That(count.Count, Is.EqualTo(_keys.Count));
    }

    /// <summary>Neighbours in key order, as they were at some revision that can be read.</summary>
    private async Task CheckListAsync(LimitedStore store, int place, int limit)
    {
        long revision = _random.NextInt64(Math.Max(_compacted, _keys.Groups + 1), _revision + 1);
        RangeResult result = await store.ReadAsync(
            new RangeQuery(KeyRange.From(_keys.Key(_keys.InOrder(place))))
            {
                Limit = limit,
                Revision = new Revision(revision),
            });
        Assert.That(result.Values, Has.Count.EqualTo(limit));
        for (int index = 0; index < limit; index++)
        {
            CheckValue(result.Values[index], _keys.InOrder(place + index), revision);
        }
    }

    private void CheckValue(StoredValue value, int key, long revision)
    {
        long modified = _keys.Modified(key, revision);
        bool isRight = value.Key.Span.SequenceEqual(_keys.Key(key).Span)
            && value.ModRevision.Value == modified
            && value.Version == _keys.Version(key, revision)
            && value.Value.Span.SequenceEqual(WideKeys.Value(key, modified));
        Assert.That(isRight, $"key {key} at revision {revision}: modified {value.ModRevision}, not {modified}?");
    }

    /// <summary>Everything since an old revision, read from disk.</summary>
    private async Task CheckWatchAsync(LimitedStore store, long start)
    {
        long next = start;
        var query = new WatchQuery(KeyRange.All) { Start = new Revision(start) };
        await foreach (WatchBatch batch in store.Client.WatchAsync(query, CancellationToken.None))
        {
            Assert.That(batch.End, Is.Null, store.Text);
            store.Measure();
            foreach (IGrouping<long, WatchEvent> change in batch.Events.GroupBy(each => each.Current.ModRevision.Value))
            {
                Assert.That(change.Key, Is.EqualTo(next++));
                foreach ((WatchEvent item, int key) in change.Zip(_keys.Written(change.Key)))
                {
                    CheckValue(item.Current, key, change.Key);
                }

                Assert.That(change.Count(), Is.EqualTo(WideKeys.GroupKeys));
            }

            if (next > _revision)
            {
                return;
            }
        }

        Assert.Fail($"the watch ended at revision {next}");
    }

    private async Task CompactAsync(LimitedStore store)
    {
        _compacted = _revision - _keys.Groups;
        await store.CompactAsync(_compacted);
    }

    /// <summary>Kill -9 while a write is under way: only that one may be missing or there.</summary>
    private async Task KillWhileWritingAsync(LimitedStore store)
    {
        await WriteAsync(store, _keys.Groups / 3);
        ValueTask<Rpc.RpcResult<TxnResult>> last = store.TryWriteAsync(_keys, _revision + 1);
        await store.KillAsync();
        if ((await last).Status == Rpc.RpcStatus.OK)
        {
            _revision++;
        }
    }

    private async Task AdoptRevisionAsync(LimitedStore store)
    {
        long revision = await store.RevisionAsync();
        Assert.That(revision, Is.InRange(_revision, _revision + 1));
        _revision = revision;
    }
}
