using Keelson.Base.Codec;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>A program that opens a directory in which a server raised alarms finds its way out.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AlarmTests
{
    private readonly SimulatedDisk _disk = new(new SeededRandom(1));

    [Test]
    public async Task NoSpace_ByTwoMembers_RefusesPutsUntilItIsDisarmed()
    {
        await RaiseAsync((1, AlarmKind.NoSpace), (ulong.MaxValue, AlarmKind.NoSpace), (1, AlarmKind.Corrupt));
        await using KeyValueStore store = KeyValueStore.Open(_disk, SimulatedEngine.Options);
        Assert.That(store.ListAlarms(), Is.EquivalentTo(new[] { StoreAlarm.NoSpace, StoreAlarm.Corrupt }));

        Assert.That(await store.DisarmAlarmAsync(StoreAlarm.Corrupt), Is.True);
        Assert.That(store.ListAlarms(), Is.EqualTo(new[] { StoreAlarm.NoSpace }));
        Assert.That(
            async () => await store.PutAsync("a", "1"),
            Throws.TypeOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(StoreError.NoSpace));

        Assert.That(await store.DisarmAlarmAsync(StoreAlarm.NoSpace), Is.True);
        Assert.That(store.ListAlarms(), Is.Empty);
        await store.PutAsync("a", "1");
        Assert.That(await store.DisarmAlarmAsync(StoreAlarm.NoSpace), Is.False);
    }

    private async Task RaiseAsync(params (ulong Member, AlarmKind Alarm)[] alarms)
    {
        await using StoreEngine engine = SimulatedEngine.Open(_disk, new ManualClock());
        foreach ((ulong member, AlarmKind alarm) in alarms)
        {
            var request = new ProtoBuffer();
            RequestEncoder.Alarm(request, new AlarmRequest(AlarmAction.Activate, member, alarm));
            await engine.ProposeAsync(RequestKind.Alarm, request.WrittenMemory, null);
        }
    }
}
