namespace Keelson.Simulation.OneNode;

/// <summary>An engine stopped although nothing had been done to it.</summary>
internal sealed class NodeFailedException(Exception inner)
    : Exception($"the engine failed without a cause: {inner}", inner);
