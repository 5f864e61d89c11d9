using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Simulation.Checking;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Replication;

namespace Keelson.Simulation.Cluster;

/// <summary>
/// What has to hold after every event: one leader a term, and everywhere the same state at the same index.
/// </summary>
internal sealed class ClusterInvariants
{
    private readonly Dictionary<long, MemberId> _leaders = [];
    private readonly Dictionary<long, (ulong ChainHash, long Revision)> _states = [];
    private readonly Dictionary<(MemberId Member, int Boot), (RevisionFloor Floor, long Applied)> _seen = [];

    /// <summary>Terms in which somebody led.</summary>
    public int Leaders => _leaders.Count;

    /// <summary>Looks at a member that runs.</summary>
    public void Observe(ClusterNode node)
    {
        if (node.Replica is not { } replica)
        {
            return;
        }

        ReplicaStatus status = replica.Status;
        if (status.Role == RaftRole.Leader)
        {
            _leaders.TryAdd(status.Term.Value, node.Id);
            Require(_leaders[status.Term.Value] == node.Id, $"{node.Id} leads term {status.Term} too");
        }

        ObserveState(node, node.Engine!.State);
    }

    private void ObserveState(ClusterNode node, StoreState state)
    {
        (MemberId, int) process = (node.Id, node.Boots);
        (RevisionFloor floor, long applied) = _seen.GetValueOrDefault(process, (new RevisionFloor(), -1));
        if (state.AppliedIndex.Value == applied)
        {
            return;
        }

        Require(state.AppliedIndex.Value > applied, $"{node.Id} has applied {state.AppliedIndex} after {applied}");
        string? fallen = floor.Observe(state.Revision.Value, state.CompactRevision);
        Require(fallen is null, $"{node.Id}: {fallen}");
        _seen[process] = (floor, state.AppliedIndex.Value);
        (ulong, long) now = (state.ChainHash, state.Revision.Value);
        _states.TryAdd(state.AppliedIndex.Value, now);
        Require(_states[state.AppliedIndex.Value] == now, $"{node.Id} has another state at entry {state.AppliedIndex}");
    }

    private static void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new InvalidOperationException(complaint);
        }
    }
}
