namespace Keelson.Simulation.Model;

/// <summary>What sequences may contain.</summary>
public sealed record GeneratorOptions
{
    /// <summary>
    /// For the store in process: time passes, leases end, all alarms are raised, and more keys than real etcd orders
    /// reliably.
    /// </summary>
    public static readonly GeneratorOptions InProcess = new();

    /// <summary>
    /// For a real etcd: lease time is real there, so leases are long; Go sorts up to 12 items stably, so there are no
    /// more keys; nothing that makes etcd panic; and only one kind of alarm, of one member, because etcd's guards for
    /// several replace each other (etcd 3.5, server/etcdserver/apply.go: Alarm).
    /// </summary>
    public static readonly GeneratorOptions RealEtcd = new() { KeysMax = 12, ForRealEtcd = true };

    public int KeysMax { get; init; } = int.MaxValue;

    public bool ForRealEtcd { get; init; }

    /// <summary>The alarm that a real etcd gets.</summary>
    public AlarmType AlarmForRealEtcd { get; init; } = AlarmType.NoSpace;
}
