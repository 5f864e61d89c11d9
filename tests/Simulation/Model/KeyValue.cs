namespace Keelson.Simulation.Model;

/// <summary>mvccpb.KeyValue.</summary>
public sealed record KeyValue(string Key)
{
    public long CreateRevision { get; init; }

    public long ModRevision { get; init; }

    public long Version { get; init; }

    public string Value { get; init; } = "";

    public long Lease { get; init; }

    public override string ToString() =>
        $"{Operation.Show(Key)}={Operation.Show(Value)} c{CreateRevision} m{ModRevision} v{Version}"
        + (Lease == 0 ? "" : $" l{Lease}");
}
