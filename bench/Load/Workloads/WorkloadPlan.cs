using Keelson.Bench.Load.Driving;

namespace Keelson.Bench.Load.Workloads;

/// <summary>What the command line asks for; makes a fresh workload for each round.</summary>
internal sealed record WorkloadPlan
{
    public const int ListPageKeys = 500;

    public static readonly IReadOnlyList<string> Names =
        ["put", "txn", "get", "get-serializable", "list", "count", "watch", "lease", "mixed"];

    public required string Name { get; init; }

    public required Shape Shape { get; init; }

    public int KeyBytes { get; init; } = 48;

    public int ValueBytes { get; init; } = 256;

    public int Keys { get; init; } = 10_000;

    public int WatchStreams { get; init; } = 100;

    /// <summary>Lists and counts are asked over so many keys unless told otherwise.</summary>
    public static int DefaultKeys(string name) => name is "list" or "count" ? 1_000_000 : 10_000;

    public KeySpace MakeKeys() => new(KeyBytes, ValueBytes, Keys);

    public IWorkload Make()
    {
        KeySpace keys = MakeKeys();
        return Name switch
        {
            "put" => new PutWorkload(keys, KeyOrder.Random),
            "txn" => new TxnWorkload(keys, Shape.Slots),
            "get" => new GetWorkload(keys, serializable: false),
            "get-serializable" => new GetWorkload(keys, serializable: true),
            "list" => new ListWorkload(keys, ListPageKeys, Shape.Slots),
            "count" => new ListWorkload(keys, 0, Shape.Slots),
            "watch" => new WatchWorkload(keys, WatchStreams),
            "lease" => new LeaseWorkload(grant: false),
            "mixed" => new MixedWorkload(keys, Shape.Slots),
            _ => throw new ArgumentException($"there is no workload \"{Name}\"; there are {string.Join(", ", Names)}"),
        };
    }
}
