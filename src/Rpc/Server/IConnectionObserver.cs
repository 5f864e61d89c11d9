namespace Keelson.Rpc.Server;

/// <summary>Told when connections cannot be accepted. Must be quick and never throw.</summary>
public interface IConnectionObserver
{
    /// <summary>As many are open as may be: whoever comes now waits until one is closed.</summary>
    void Full(int max);

    /// <summary>Accepting failed, for want of file descriptors say; it is tried again, less and less often.</summary>
    void AcceptFailed(Exception exception);
}
