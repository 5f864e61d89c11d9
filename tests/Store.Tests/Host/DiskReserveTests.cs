using Keelson.Base.Codec;
using Keelson.Simulation.Disk;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A disk that fills up: what stores more is refused while a reserve is left, what gives space back still works, and
/// however full somebody else makes the disk, the store neither fails nor loses anything.
/// </summary>
internal sealed class DiskReserveTests
{
    [Test]
    public async Task Put_DiskAlmostFull_IsRefusedBeforeTheReserveIsTouched()
    {
        await using var store = new SmallDiskStore();
        int stored = await store.FillAsync("key-");
        Assert.Multiple(() =>
        {
            Assert.That(stored, Is.GreaterThan(100));
            Assert.That(store.Disk.FreeBytes, Is.GreaterThanOrEqualTo(SmallDiskStore.ReserveBytes));
            Assert.That(store.Engine.State.Keys.LiveCount, Is.EqualTo(stored));
        });
        await store.ReopenAsync();
        Assert.Multiple(() =>
        {
            Assert.That(store.Engine.State.Keys.LiveCount, Is.EqualTo(stored));
            Assert.That(store.Failure, Is.Null);
        });
    }

    [Test]
    public async Task Requests_ReserveReached_OnlyWhatStoresMoreIsRefused()
    {
        await using var store = new SmallDiskStore();
        await store.FillAsync("key-");
        // Checkpoints that lagged behind the filling give log segments and trees back later: nobody gains by it here.
        const long missing = SmallDiskStore.ReserveBytes / 8;
        store.Disk.FreeBytesMax = SmallDiskStore.ReserveBytes - missing;
        // The last put may have touched the reserve by its own bytes: so much is missing only to who has looked since.
        await Patience.UntilAsync(() => store.Engine.DiskRoomBytes <= -missing, "the disk was looked at");
        Assert.Multiple(async () =>
        {
            Assert.That(await ProposeAsync(store, RequestKind.LeaseGrant, Grant), Is.EqualTo(StoreError.NoSpace));
            Assert.That(await ProposeAsync(store, RequestKind.Txn, NestedPut), Is.EqualTo(StoreError.NoSpace));
            Assert.That(await store.DeleteAsync("key-000001"), Is.EqualTo(StoreError.None));
            Assert.That(await ProposeAsync(store, RequestKind.Txn, DeleteInTxn), Is.EqualTo(StoreError.None));
            Assert.That(await ProposeAsync(store, RequestKind.Alarm, _ => { }), Is.EqualTo(StoreError.None));
            Assert.That(await store.CompactAsync(), Is.EqualTo(StoreError.None));
        });
    }

    [Test]
    public async Task Compaction_DiskFull_GivesTheSpaceBack_AgainAndAgain()
    {
        await using var store = new SmallDiskStore();
        for (int round = 0; round < 3; round++)
        {
            int stored = await store.FillAsync("key-");
            Assert.That(stored, Is.GreaterThan(100), $"round {round}");
            await store.DeleteAsync(KeyRange.All);
            await store.CompactAsync();
            // Far more than the reserve: nearly all that was stored is gone from the disk.
            await Patience.UntilAsync(
                () => store.Engine.DiskRoomBytes > stored * SmallDiskStore.ValueBytes / 2, "space given back");
        }

        Assert.That(store.Failure, Is.Null);
    }

    [Test]
    public async Task Compaction_MuchStaysAlive_GivesTheRestBack()
    {
        await using var store = new SmallDiskStore();
        int stored = await store.FillAsync("key-");
        for (int index = 0; index < stored; index++)
        {
            if (index % 3 != 0)
            {
                await store.DeleteAsync($"key-{index:d6}");
            }
        }

        await store.CompactAsync();
        await Patience.UntilAsync(
            () => store.Engine.DiskRoomBytes > stored * SmallDiskStore.ValueBytes / 3, "space given back");
        Assert.That(store.Failure, Is.Null);
    }

    [Test]
    public async Task Disk_FilledBySomebodyElse_StoreGoesOnReading_AndCatchesUpLater()
    {
        await using var store = new SmallDiskStore();
        int stored = await store.FillAsync("key-");
        long capacity = store.Disk.CapacityBytes;
        // At the end of a checkpoint, when no write is under way that was begun with room for it.
        store.Disk.Faults = call =>
        {
            bool isRoot = call.Kind == DiskCallKind.Sync && call.File.StartsWith("root-", StringComparison.Ordinal);
            store.Disk.CapacityBytes = isRoot ? 0 : store.Disk.CapacityBytes;
            return DiskFault.None;
        };
        await store.DeleteAsync("key-000000");
        await Patience.UntilAsync(() => store.Disk.CapacityBytes == 0, "a checkpoint");
        store.Disk.Faults = null;
        Task<StoreError>[] deletions = [.. Enumerable.Range(0, stored).Select(index =>
            store.DeleteAsync($"key-{index:d6}"))];
        await deletions[0];
        Assert.That(await store.PutAsync("more"), Is.EqualTo(StoreError.NoSpace));

        store.Disk.CapacityBytes = capacity;
        Assert.That(await Task.WhenAll(deletions), Is.All.EqualTo(StoreError.None));
        await store.CompactAsync();
        await store.ReopenAsync();
        Assert.That(store.Engine.State.Keys.LiveCount, Is.Zero);
        await Patience.UntilAsync(() => store.Engine.DiskRoomBytes > SmallDiskStore.ReserveBytes, "space");
        Assert.Multiple(async () =>
        {
            Assert.That(await store.PutAsync("more"), Is.EqualTo(StoreError.None));
            Assert.That(store.Failure, Is.Null);
        });
    }

    /// <summary>Requests that store nothing fill the log, and another of its segments would fill the disk.</summary>
    [Test]
    public async Task Log_NoRoomForAnotherSegment_WaitsForOneToComeBack()
    {
        await using var store = new SmallDiskStore();
        await store.PutAsync("key");
        store.Disk.CapacityBytes -= store.Disk.FreeBytes - (SmallDiskStore.LogSegmentBytes / 2);
        string key = new('k', SmallDiskStore.RequestBytesMax * 3 / 4);
        const int segments = 4;
        int requests = segments * SmallDiskStore.LogSegmentBytes / key.Length;
        Task<StoreError[]> deleting = Task.WhenAll(
            Enumerable.Range(0, requests).Select(index => store.DeleteAsync($"{key}{index}")));
        await Patience.UntilAsync(
            () =>
            {
                // What proves a segment's end durable, so that it may go, is written after a pause.
                store.Clock.Advance(1);
                return deleting.IsCompleted;
            },
            "the log has room again");
        StoreError[] answers = await deleting;
        Assert.Multiple(() =>
        {
            Assert.That(answers, Is.All.EqualTo(StoreError.None));
            Assert.That(store.Failure, Is.Null);
        });
    }

    [Test]
    public async Task Lease_EndsWhileTheDiskIsFull_ItsKeysGo()
    {
        await using var store = new SmallDiskStore();
        await ProposeAsync(store, RequestKind.LeaseGrant, Grant);
        await store.PutAsync("session", lease: 7);
        await store.FillAsync("key-");
        store.Clock.Advance(60_000);
        await Patience.UntilAsync(() => store.Engine.ListLeases().Count == 0, "the lease ended");
        Assert.That(store.Failure, Is.Null);
    }

    private static void Grant(ProtoBuffer request) => RequestEncoder.LeaseGrant(request, 7, 30);

    private static void NestedPut(ProtoBuffer request) =>
        new Transaction
        {
            Then = [Operation.Nested(new Transaction { Then = [Operation.Put("nested", "value")] })],
        }.Write(request);

    private static void DeleteInTxn(ProtoBuffer request) =>
        new Transaction { Then = [Operation.Delete("key-000002")] }.Write(request);

    private static async Task<StoreError> ProposeAsync(
        SmallDiskStore store, RequestKind kind, Action<ProtoBuffer> write)
    {
        var request = new ProtoBuffer();
        write(request);
        return await store.ProposeAsync(kind, request);
    }
}
