using Keelson.Base.Codec;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A write whose answer no message can hold takes place; its caller is told that the answer is too large, and the store
/// goes on. A store that stopped there would stop again at each start: the request is in the log.
/// </summary>
internal sealed class AnswerLimitTests
{
    private const int LimitBytes = 64 << 10;
    private const int Keys = 40;
    private const int ValueBytes = 4 << 10;

    private static readonly RangeQuery Everything = new() { Keys = KeyRange.Prefix("key-") };

    private static readonly Operation Marker = Operation.Put("marker", "set");

    private SimulatedDisk _disk = null!;
    private Exception? _failure;

    [SetUp]
    public void SetUp()
    {
        _disk = new SimulatedDisk(new SeededRandom(1));
        _failure = null;
    }

    private static IEnumerable<TestCaseData> Transactions()
    {
        yield return new TestCaseData(arg: new Operation[] { Operation.Get(Everything), Marker })
            .SetArgDisplayNames("range, put");
        yield return new TestCaseData(arg: new Operation[] { Marker, Operation.Get(Everything) })
            .SetArgDisplayNames("put, range");
        yield return new TestCaseData(arg: new Operation[]
        {
            Operation.Get(new RangeQuery { Keys = Everything.Keys, Limit = 10 }),
            Operation.Get(new RangeQuery { Keys = Everything.Keys, Limit = 10 }),
            Operation.Nested(new Transaction { Then = [Marker, Operation.Get("key-0001")] }),
            Operation.Get("key-0002"),
        }).SetArgDisplayNames("ranges that together pass it, nested put");
    }

    [TestCaseSource(nameof(Transactions))]
    public async Task Txn_AnswerPassesTheLimit_IsAppliedAndTheStoreGoesOn(Operation[] operations)
    {
        await using StoreEngine engine = Open(_disk);
        await FillAsync(engine);
        long before = engine.State.Revision.Value;
        RequestOutcome outcome = await ProposeAsync(engine, new Transaction { Then = operations });
        await engine.PutAsync("after", "it");
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Error, Is.EqualTo(StoreError.AnswerTooLarge));
            Assert.That(outcome.Revision.Value, Is.EqualTo(before + 1));
            Assert.That(engine.State.Revision.Value, Is.EqualTo(before + 2));
            Assert.That(engine.ReadAll()["marker"], Is.EqualTo("set"));
            Assert.That(_failure, Is.Null);
        });
        await CompareReplayAsync(engine);
    }

    [Test]
    public async Task DeleteRange_PreviousValuesPassTheLimit_DeletesAllTheSame()
    {
        await using StoreEngine engine = Open(_disk);
        await FillAsync(engine);
        var request = new ProtoBuffer();
        RequestEncoder.DeleteRange(request, Everything.Keys);
        request.Bool(3, true);
        RequestOutcome outcome =
            await engine.ProposeAsync(RequestKind.DeleteRange, request.WrittenMemory, new ProtoBuffer());
        await engine.PutAsync("after", "it");
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Error, Is.EqualTo(StoreError.AnswerTooLarge));
            Assert.That(engine.ReadAll().Keys, Is.EqualTo(new[] { "after" }));
            Assert.That(_failure, Is.Null);
        });
        await CompareReplayAsync(engine);
    }

    [Test]
    public async Task Txn_AnswerBelowTheLimit_IsWhole()
    {
        await using StoreEngine engine = Open(_disk);
        await FillAsync(engine);
        var some = new RangeQuery { Keys = Everything.Keys, Limit = (LimitBytes / ValueBytes) - 1 };
        var response = new ProtoBuffer();
        RequestOutcome outcome =
            await ProposeAsync(engine, new Transaction { Then = [Marker, Operation.Get(some)] }, response);
        TransactionResult result = ResponseDecoder.Txn(response.Written, outcome.Revision);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Error, Is.EqualTo(StoreError.None));
            Assert.That(result.Results[1].KeyValues, Has.Count.EqualTo(some.Limit));
            Assert.That(result.Results[1].Count, Is.EqualTo(Keys));
        });
    }

    /// <summary>
    /// Thirty MiB of data answer with four GiB: a transaction may name the same interval many times.
    /// </summary>
    [Test]
    [Explicit("needs 6 GiB of memory")]
    public async Task Txn_AnswerAboveTwoGibibytes_IsAppliedAndTheStoreGoesOn()
    {
        string directory = Directory.CreateTempSubdirectory("keelson-answer-").FullName;
        var options = new StoreOptions { Failed = exception => _failure = exception };
        await using (KeyValueStore store = KeyValueStore.Open(directory, options))
        {
            for (int index = 0; index < 30; index++)
            {
                await store.PutAsync($"key-{index:d4}", new Bytes(new byte[1 << 20]));
            }

            Operation[] operations = [Marker, .. Enumerable.Repeat(Operation.Get(Everything), 127)];
            Assert.That(
                async () => await store.TransactAsync(new Transaction { Then = operations }),
                Throws.TypeOf<StoreException>()
                    .With.Property(nameof(StoreException.Error)).EqualTo(StoreError.AnswerTooLarge));
            Assert.That(store.Get("marker")?.Value.ToString(), Is.EqualTo("set"));
            await store.PutAsync("after", "it");
        }

        Assert.That(_failure, Is.Null);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>What a start makes of the log is what was served.</summary>
    private async Task CompareReplayAsync(StoreEngine served)
    {
        SimulatedDisk copy = _disk.Clone(new SeededRandom(3));
        copy.Restart();
        await using StoreEngine replayed = Open(copy);
        Assert.Multiple(() =>
        {
            Assert.That(replayed.State.Revision, Is.EqualTo(served.State.Revision));
            Assert.That(replayed.State.ChainHash, Is.EqualTo(served.State.ChainHash));
            Assert.That(replayed.ReadAll(), Is.EqualTo(served.ReadAll()));
        });
    }

    private StoreEngine Open(SimulatedDisk disk)
    {
        var options = new StoreOptions
        {
            LogSegmentBytes = 4 << 20,
            Tuning = new EngineTuning { AnswerBytesMax = LimitBytes },
            Failed = exception => _failure = exception,
        };
        return StoreEngine.Open(disk, options, new ManualClock(), new SeededRandom(2));
    }

    private static async Task FillAsync(StoreEngine engine)
    {
        for (int index = 0; index < Keys; index++)
        {
            await engine.PutAsync($"key-{index:d4}", new string('v', ValueBytes));
        }
    }

    private static ValueTask<RequestOutcome> ProposeAsync(
        StoreEngine engine, Transaction transaction, ProtoBuffer? response = null)
    {
        var request = new ProtoBuffer();
        transaction.Write(request);
        return engine.ProposeAsync(RequestKind.Txn, request.WrittenMemory, response ?? new ProtoBuffer());
    }
}
