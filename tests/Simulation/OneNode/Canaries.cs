using Keelson.Base.Codec;
using Keelson.Base.Seams;
using Keelson.Simulation.Checking;
using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store;
using Keelson.Store.Host;
using Operation = Keelson.Simulation.Model.Operation;
using OperationResult = Keelson.Simulation.Model.OperationResult;

namespace Keelson.Simulation.OneNode;

/// <summary>The parts of a run with one planted fault, or without.</summary>
internal static class Canaries
{
    /// <summary>A load under which every planted fault has its chance within a few seeds.</summary>
    public static NodeSettings Settings(Canary canary) => new()
    {
        Schedule = ScheduleSettings.Quiet,
        Disk = DiskTiming.Good with { Durable = new Spread(1000, 5000) },
        Tuning = EngineTuning.Default with { CheckpointRequests = 10, DiskReserveBytesMin = 1 << 20 },
        Clients = 6,
        Watchers = 3,
        Think = new Spread(10, 20_000),
        FaultPause = new Spread(100_000, 2_000_000),
        Faults = canary switch
        {
            Canary.AcknowledgesBeforeDurable or Canary.SyncsLie => [NodeFault.PowerLoss, NodeFault.PowerCut],
            Canary.IgnoresDiskErrors => [NodeFault.ErrorBefore, NodeFault.ErrorAfter, NodeFault.PowerLoss],
            Canary.LeasesByWallClock => [NodeFault.WallJump],
            _ => [NodeFault.Kill],
        },
        DriftPerMillion = 0,
        SafetyMicroseconds = 20_000_000,
        TailBytes = 1 << 16,
    };

    public static StoreNode CreateNode(Canary canary, SimulatedWorld world, NodeSettings settings) => canary switch
    {
        Canary.None or Canary.ProposesTwice or Canary.ReadsStale or Canary.WatchSkips or Canary.WatchRepeats =>
            new StoreNode(world, settings),
        _ => new BrokenNode(world, settings, canary),
    };

    public static NodeClient CreateClient(
        Canary canary, SimulatedWorld world, StoreNode node, ClientLoad load, int number) =>
        canary is Canary.ProposesTwice or Canary.ReadsStale
            ? new BrokenClient(world, node, load, number, canary)
            : new NodeClient(world, node, load, number);

    public static NodeWatcher CreateWatcher(Canary canary, SimulatedWorld world, StoreNode node, int number) =>
        canary is Canary.WatchSkips or Canary.WatchRepeats
            ? new BrokenWatcher(world, node, number, canary)
            : new NodeWatcher(world, node, number);

    private sealed class BrokenNode(SimulatedWorld world, NodeSettings settings, Canary canary)
        : StoreNode(world, settings)
    {
        protected override IDisk WrapDisk(TimedDisk disk) =>
            canary is Canary.SyncsLie or Canary.IgnoresDiskErrors ? new BrokenDisk(disk, canary) : disk;

        protected override IClock WrapClock(SimulatedClock clock) =>
            canary == Canary.LeasesByWallClock ? new WallClock(clock) : clock;

        protected override SimulatedThreads CreateThreads(SimulatedMachine machine) =>
            canary is Canary.AcknowledgesBeforeDurable
                ? new HastyThreads(machine, new TimedDisk(Disk, Device), Recorder)
                : base.CreateThreads(machine);
    }

    private sealed class BrokenClient(
        SimulatedWorld world, StoreNode node, ClientLoad load, int number, Canary canary)
        : NodeClient(world, node, load, number)
    {
        private readonly Dictionary<Operation, OperationResult> _cache = [];
        private int _calls;

        protected override OperationResult Read(StoreEngine engine, Operation request)
        {
            if (canary == Canary.ReadsStale && ++_calls % 10 != 0 && _cache.TryGetValue(request, out var cached))
            {
                return cached;
            }

            return _cache[request] = base.Read(engine, request);
        }

        protected override ValueTask<RequestOutcome> Propose(StoreEngine engine, Call call, ProtoBuffer response)
        {
            if (canary == Canary.ProposesTwice && ++_calls % 50 == 0)
            {
                _ = base.Propose(engine, call, new ProtoBuffer()).AsTask();
            }

            return base.Propose(engine, call, response);
        }
    }

    private sealed class BrokenWatcher(SimulatedWorld world, StoreNode node, int number, Canary canary)
        : NodeWatcher(world, node, number)
    {
        private int _items;

        protected override IEnumerable<WatchItem> Receive(WatchItem item)
        {
            bool isBroken = item is WatchItem.Events && ++_items % 40 == 0;
            return !isBroken ? [item] : canary == Canary.WatchSkips ? [] : [item, item];
        }
    }
}
