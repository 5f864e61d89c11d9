namespace Keelson.Raft.Tests.Cluster;

/// <summary>Something that must never happen has happened.</summary>
internal sealed class BrokenInvariantException(string invariant, string what) : Exception($"{invariant}: {what}")
{
    public string Invariant { get; } = invariant;
}
