using System.Collections.Frozen;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Damage that no checksum shows, because whoever did it wrote checksums too: the offline check compares the history
/// with itself and with the tree, in slices of a few entries.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class VerificationComparisonTests
{
    private const int SliceEntries = 16;
    private readonly SimulatedDisk _disk = new(new SeededRandom(1));

    [TestCase(false)]
    [TestCase(true)]
    public async Task Verify_OfASoundStore_ComparesEverything(bool reclaimed)
    {
        await FillAsync(reclaimed);
        List<string> progress = [];
        Assert.That(Verify(progress), Is.Empty);
        Assert.That(progress, Has.Some.Contains("entries have their frame"));
        Assert.That(progress, Has.Some.Contains("of the chain"));
    }

    // Goal: no false alarm, whatever checkpoints, trimming and reclaim left, over restarts and compactions anywhere.
    [Test]
    public async Task Verify_AfterRandomWork_FindsNothing([Range(1, 4)] int seed)
    {
        var random = new SeededRandom((ulong)seed);
        EngineTuning tuning = Options(null).Tuning with
        {
            CheckpointRequests = 50,
            PoorTreeSegmentBytesMin = 1,
            MaintenanceInterval = TimeSpan.FromMilliseconds(2),
        };
        for (int start = 0; start < 4; start++)
        {
            await using (StoreEngine engine = StoreEngine.Open(
                _disk, Options(null) with { Tuning = tuning }, new ManualClock(), new SeededRandom(random.Next())))
            {
                for (int step = 0; step < 150; step++)
                {
                    await ChangeAsync(engine, random);
                }
            }

            Assert.That(Verify(), Is.Empty, $"after start {start}");
        }
    }

    [Test]
    public async Task Verify_EntryWithoutFrame_IsNamed()
    {
        await FillAsync();
        Rewrite(tree => tree.Insert(
            "ghost"u8, new ChangeRevision(40, 7), Payload(new ChangeRevision(40, 7), create: 40, version: 1), true));
        Assert.That(Verify(), Has.Some.Contains("no frame of revision 40.7").And.Contains("\"ghost\"")
            .And.Contains("history-"));
    }

    [Test]
    public async Task Verify_FrameWithoutEntry_IsNamed()
    {
        await FillAsync();
        // FillAsync puts key 10 first at revision 12.
        Rewrite(tree => tree.Remove("key-10"u8, new ChangeRevision(12, 0)));
        Assert.That(Verify(), Has.Some.Contains("\"key-10\"").And.Contains("no version").And.Contains("history-"));
    }

    [Test]
    public async Task Verify_EntryThatSaysOtherwise_IsNamed()
    {
        await FillAsync();
        var at = new ChangeRevision(12, 0);
        Rewrite(tree => tree.Replace("key-10"u8, at, Payload(at, create: 12, version: 9), live: false));
        Assert.That(
            Verify(), Has.Some.Contains("\"key-10\"").And.Contains("the tree says").And.Contains("Version = 9"));
    }

    [Test]
    public async Task Verify_TombstoneInTheTreeAlone_IsNamed()
    {
        await FillAsync();
        var at = new ChangeRevision(12, 0);
        Rewrite(tree =>
        {
            Span<byte> payload = stackalloc byte[VersionEntry.PayloadBytesMax];
            tree.Replace("key-10"u8, at, payload[..VersionEntry.DeletedBy(at).WritePayload(payload)], live: false);
        });
        Assert.That(Verify(), Has.Some.Contains("\"key-10\"").And.Contains("Tombstone = True"));
    }

    [Test]
    public async Task Verify_ValueWithARightChecksum_BreaksTheChain()
    {
        await FillAsync();
        ForgeValue("value 30");
        Assert.That(Verify(), Has.Some.Contains("chain hash").And.Contains("history-"));
    }

    [Test]
    public async Task Verify_RootOfAnotherHistory_IsSaid()
    {
        await FillAsync();
        Rewrite(static _ => { }, state => state with { ChainHash = 7 });
        Assert.That(Verify(), Has.Some.Contains("chain hash 0000000000000007"));
    }

    private async Task FillAsync(bool reclaimed = false)
    {
        var observer = new RecordingObserver();
        await using StoreEngine engine = StoreEngine.Open(
            _disk, Options(observer), new ManualClock(), new SeededRandom(2));
        for (int count = 0; count < 200; count++)
        {
            await engine.PutAsync($"key-{count % 60:d2}", $"value {count}" + new string('x', 100));
        }

        if (reclaimed)
        {
            int passes = observer.Passes;
            engine.StartReclaim();
            Assert.That(() => observer.Passes, Is.GreaterThan(passes).After(60_000, 5));
            await engine.CompactAsync();
            engine.StartReclaim();
            Assert.That(() => observer.Passes, Is.GreaterThan(passes + 1).After(60_000, 5));
            await engine.PutAsync("key-00", "after");
        }
    }

    private static async Task ChangeAsync(StoreEngine engine, SeededRandom random)
    {
        switch (random.Below(20))
        {
            case 0:
                await engine.CompactAsync(new Revision(engine.State.Revision.Value - random.Below(20)));
                break;
            case 1:
                engine.StartReclaim();
                break;
            case < 5:
                await engine.DeleteAsync($"key-{random.Below(6)}");
                break;
            default:
                await Task.WhenAll(Enumerable.Range(0, 1 + random.Below(6)).Select(_ => engine.PutAsync(
                    $"key-{random.Below(60):d2}", new string('x', random.Below(300)))));
                break;
        }
    }

    private static StoreOptions Options(RecordingObserver? observer) => new()
    {
        LogSegmentBytes = 4 << 20,
        TailBytesMax = 4 << 10,
        Observer = observer,
        Tuning = new EngineTuning { HistorySegmentBytes = 8 << 10, HistoryChunkBytes = 2 << 10 },
        Failed = static _ => { },
    };

    private List<string> Verify(List<string>? progress = null) =>
        [.. StoreVerification.Run(_disk, (progress ?? []).Add, SliceEntries)];

    /// <summary>Writes a checkpoint of a tree that was changed behind the history's back.</summary>
    private void Rewrite(Action<EditableTree> change, Func<StoreState, StoreState>? changeState = null)
    {
        using StoreParts parts = StoreParts.Open(_disk, Options(null), new SeededRandom(3));
        var tree = new EditableTree(parts.Pages, parts.State.Keys);
        change(tree);
        parts.Pages.Freeze();
        StoreState state = parts.State with { Keys = tree.Root };
        state = changeState is null ? state : changeState(state);
        var checkpointer = new Checkpointer(parts, static () => { });
        using EpochPin pin = parts.Epochs.Enter();
        checkpointer.Write(checkpointer.Begin(state, FrozenSet<int>.Empty));
    }

    /// <summary>Changes a letter of a value in a history file, and the frame's checksum with it.</summary>
    private void ForgeValue(string value)
    {
        foreach (string name in _disk.List().Where(name => name.StartsWith("history-", StringComparison.Ordinal)))
        {
            using IDiskFile file = _disk.Open(name, DiskOpenMode.Existing);
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            int offset = HistorySegmentLayout.HeaderBytes;
            while (HistoryFrameLayout.FrameBytes(bytes.AsSpan(offset)) is var length and > 0)
            {
                Span<byte> frame = bytes.AsSpan(offset, length);
                int at = frame.IndexOf(System.Text.Encoding.UTF8.GetBytes(value));
                if (at >= 0)
                {
                    frame[at] ^= 1;
                    HistoryFrameLayout.Seal(frame);
                    file.Write(offset, frame);
                    file.Sync();
                    return;
                }

                offset += length;
            }
        }

        Assert.Fail($"no frame with {value}");
    }

    private static byte[] Payload(ChangeRevision at, long create, long version)
    {
        var payload = new byte[VersionEntry.PayloadBytesMax];
        var entry = new VersionEntry(at, create, version, default, ValueLength: 3, Tombstone: false);
        return payload[..entry.WritePayload(payload)];
    }
}
