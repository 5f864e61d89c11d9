namespace Keelson.Store.Tree;

/// <summary>What a verification found: faults (none in a sound tree) and sizes.</summary>
internal sealed record TreeReport
{
    public required IReadOnlyList<TreeFault> Faults { get; init; }

    public required int LeafPages { get; init; }

    public required int InnerPages { get; init; }

    /// <summary>Levels from the root to a leaf, both included; 0 for an empty tree.</summary>
    public required int Depth { get; init; }

    /// <summary>Bytes of leaves without prefix and gap: with the split limit it gives the fill.</summary>
    public required long LeafBodyBytes { get; init; }
}
