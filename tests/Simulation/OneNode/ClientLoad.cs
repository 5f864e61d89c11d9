using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Simulation.World;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// What all clients of a run call: random operations, aimed by a model that runs along and is right often enough.
/// </summary>
internal sealed class ClientLoad(SimulatedWorld world, CallHistory history, Spread think)
{
    private readonly EtcdModel _aim = new();
    private readonly OperationGenerator _generator = new(world.RandomOf("workload"), GeneratorOptions.InProcess);

    public CallHistory History => history;

    public Spread Think => think;

    /// <summary>No further call begins.</summary>
    public bool IsOver { get; set; }

    public Operation Next()
    {
        while (true)
        {
            Operation next = Prepare(_generator.Next(_aim));
            if (IsAsked(next))
            {
                _aim.Apply(next);
                return next;
            }

            _aim.Apply(next);
        }
    }

    /// <summary>A grant in the log has its TTL raised already: that is the server's decision.</summary>
    private static Operation Prepare(Operation operation) => operation is Operation.LeaseGrant grant
        ? grant with { TtlSeconds = Math.Max(grant.TtlSeconds, EtcdModel.TtlSecondsMin) }
        : operation;

    /// <summary>What passes the server's own checks. Corruption is for good: nothing would follow.</summary>
    private static bool IsAsked(Operation operation) => operation switch
    {
        Operation.AdvanceTime or Operation.LeaseTimeToLive or Operation.LeaseLeases => false,
        Operation.Alarm alarm => alarm.Type != AlarmType.Corrupt,
        Operation.LeaseGrant grant => grant.TtlSeconds <= EtcdModel.TtlSecondsMax,
        _ => RequestRules.Check(operation) == EtcdError.None,
    };
}
