namespace Keelson.Store.Watch;

internal enum WatcherPlace
{
    /// <summary>Gets what is published.</summary>
    Live,

    /// <summary>Reads the history until it has caught up.</summary>
    Behind,

    /// <summary>Waits for a revision to come.</summary>
    Future,

    /// <summary>Canceled.</summary>
    Gone,
}
