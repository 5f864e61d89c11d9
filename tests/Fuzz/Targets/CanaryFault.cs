namespace Keelson.Fuzz.Targets;

/// <summary>What is planted in the canary's parser.</summary>
public enum CanaryFault
{
    Exception,
    Loop,
    Allocation,
}
