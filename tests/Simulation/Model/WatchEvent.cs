namespace Keelson.Simulation.Model;

/// <summary>mvccpb.Event.</summary>
public sealed record WatchEvent(bool Deleted, KeyValue KeyValue, KeyValue? Previous)
{
    public override string ToString() =>
        $"{(Deleted ? "DELETE" : "PUT")} {KeyValue}{(Previous is null ? "" : $" was {Previous}")}";
}
