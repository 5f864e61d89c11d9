using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Simulation.Disk;
using Keelson.Simulation.Network;
using Keelson.Simulation.OneNode;
using Keelson.Simulation.World;
using Keelson.Store.Host;
using Keelson.StoreServer.Replication;

namespace Keelson.Simulation.Cluster;

/// <summary>A member: the production engine, ordered by the production replica, on the network.</summary>
internal sealed class ClusterNode : StoreNode
{
    private readonly SimulatedNetwork<Message> _network;
    private readonly ClusterSettings _cluster;
    private ReplicaOrdering? _ordering;

    public ClusterNode(
        SimulatedWorld world,
        NodeSettings settings,
        ClusterSettings cluster,
        SimulatedNetwork<Message> network,
        MemberId id)
        : base(world, settings, $"member {id}")
    {
        _network = network;
        _cluster = cluster;
        Id = id;
    }

    public MemberId Id { get; }

    /// <summary>A planted fault.</summary>
    public ClusterCanary Canary { get; init; }

    /// <summary>While it runs.</summary>
    public ReplicaOrder? Replica => Engine is null ? null : _ordering?.Replica;

    /// <summary>The process is gone: so are its connections.</summary>
    public void Disconnect() => _network.Detach(Id);

    protected override IOrdering CreateOrdering() => _ordering = new ReplicaOrdering(new ReplicaOptions
    {
        Self = Id,
        Bootstrap = Configuration.Of(Canary == ClusterCanary.DecidesAlone ? [Id] : [.. _cluster.Members]),
        Send = message => _network.Send(Id, message.To, message),
        HeartbeatMilliseconds = _cluster.HeartbeatMilliseconds,
        ElectionTicks = _cluster.ElectionTicks,
    });

    protected override IClock WrapClock(SimulatedClock clock) =>
        Canary == ClusterCanary.LeasesByWallClock ? new WallClock(clock) : clock;

    protected override SimulatedThreads CreateThreads(SimulatedMachine machine) =>
        Canary == ClusterCanary.AcknowledgesBeforeDurable
            ? new HastyThreads(machine, new TimedDisk(Disk, Device), Recorder)
            : base.CreateThreads(machine);

    /// <summary>What its log holds and is not committed is no state yet: the record of it stays.</summary>
    protected override void Opened(StoreEngine engine) => _network.Attach(Id, Receive);

    private void Receive(MemberId from, Message message)
    {
        if (Machine is { IsPaused: true } machine)
        {
            machine.WhenResumed(() => Replica?.Receive(message));
            return;
        }

        Replica?.Receive(message);
    }
}
