using Keelson.Simulation.OneNode;
using Keelson.Simulation.World;
using Keelson.Store;
using Operation = Keelson.Simulation.Model.Operation;

namespace Keelson.Simulation.Cluster;

/// <summary>A client of a cluster: true to one member as a rule, and now and then at another one.</summary>
internal sealed class ClusterClient : NodeClient
{
    private readonly IReadOnlyList<ClusterNode> _nodes;
    private ClusterNode _home;

    public ClusterClient(SimulatedWorld world, IReadOnlyList<ClusterNode> nodes, ClientLoad load, int number)
        : base(world, nodes[number % nodes.Count], load, number)
    {
        _nodes = nodes;
        _home = nodes[number % nodes.Count];
    }

    protected override StoreNode Choose()
    {
        if (!_home.IsServing || Random.Below(20) == 0)
        {
            _home = _nodes[Random.Below(_nodes.Count)];
        }

        return _home;
    }

    /// <summary>A planted fault.</summary>
    public ClusterCanary Canary { get; init; }

    /// <summary>Serializable reads ask nobody.</summary>
    protected override ValueTask<StoreError> MayRead(Operation request) =>
        request is Operation.Range { Serializable: true } || Canary == ClusterCanary.ReadsWithoutAsking
            ? new ValueTask<StoreError>(StoreError.None)
            : ((ClusterNode)Node).Replica!.ReadAsync();
}
