namespace Keelson.Rpc.Client;

/// <summary>When a call is made again by itself (etcd clientv3, retry_interceptor.go).</summary>
public enum RetryRule
{
    /// <summary>For writes: only when no byte of the message was handed to a connection.</summary>
    IfNeverSent = 0,

    /// <summary>For reads: whenever the status is Unavailable.</summary>
    IfUnavailable = 1,

    Never = 2,
}
