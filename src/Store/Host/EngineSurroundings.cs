using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>Everything an engine has to do with that is not of its own making.</summary>
/// <param name="Disk">Its directory; closed with the engine.</param>
/// <param name="Clock">Its time.</param>
/// <param name="Random">Its chance.</param>
internal sealed record EngineSurroundings(IDisk Disk, IClock Clock, IRandom Random)
{
    /// <summary>Where its code runs.</summary>
    public IEngineThreads Threads { get; init; } = EngineThreads.Instance;

    /// <summary>What puts batches in order.</summary>
    public IOrdering Ordering { get; init; } = new SoloOrdering();
}
