namespace Keelson.Rpc.Server;

/// <summary>
/// Sees every call go by, for metrics and logs. Called from many threads; must be quick and never throw.
/// </summary>
public interface IRpcObserver
{
    void Started(RpcRoute route);

    void MessageReceived(RpcRoute route, int messageBytes);

    void MessageSent(RpcRoute route, long messageBytes);

    void Handled(RpcRoute route, StatusCode code, TimeSpan elapsed);

    /// <summary>A handler threw: a bug. The caller got status Internal.</summary>
    void Faulted(RpcRoute route, Exception exception);
}
