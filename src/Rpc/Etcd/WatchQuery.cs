using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>What to watch.</summary>
public sealed record WatchQuery(KeyRange Keys)
{
    /// <summary>The first revision wanted; 0: what happens from now on.</summary>
    public Revision Start { get; init; }

    public bool ReturnPrevious { get; init; }

    /// <summary>Also report from time to time how far the watch has come when nothing happens.</summary>
    public bool ProgressNotify { get; init; }
}
