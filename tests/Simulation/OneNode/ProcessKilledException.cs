namespace Keelson.Simulation.OneNode;

/// <summary>What a killed process would have failed with if it had lived to see it.</summary>
internal sealed class ProcessKilledException() : Exception("the process was killed");
