using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>What the command line said.</summary>
internal sealed record Values
{
    public required ServerKind A { get; init; }

    public required ServerKind B { get; init; }

    public required string DataRoot { get; init; }

    public required string Results { get; init; }

    public required int KeyBytes { get; init; }

    public required int ValueBytes { get; init; }

    public required int Keys { get; init; }

    public required Shape Shape { get; init; }

    public required int Rounds { get; init; }

    public required double Seconds { get; init; }

    public required double WarmUpSeconds { get; init; }

    public required long WarmUpOperations { get; init; }

    public required double Rate { get; init; }

    public IReadOnlyList<ServerKind> Kinds => [A, B];

    public SessionOptions Session => new()
    {
        Shape = Shape,
        Rate = Rate,
        Seconds = Seconds,
        WarmUpSeconds = WarmUpSeconds,
        WarmUpOperations = WarmUpOperations,
    };

    public WorkloadPlan Plan(string workload) => new()
    {
        Name = workload,
        Shape = Shape,
        KeyBytes = KeyBytes,
        ValueBytes = ValueBytes,
        Keys = Keys > 0 ? Keys : WorkloadPlan.DefaultKeys(workload),
    };
}
