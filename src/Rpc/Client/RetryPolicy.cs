namespace Keelson.Rpc.Client;

/// <summary>etcd clientv3's figures: at most 100 tries, 25 ms between rounds over the endpoints, ±10 %.</summary>
internal static class RetryPolicy
{
    public const int TriesMax = 100;
    public const double JitterShare = 0.1;

    public static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(25);

    public static bool MayRetry(RetryRule rule, RpcStatus status, bool wasSent, int tries) =>
        tries < TriesMax
        && status.Code == StatusCode.Unavailable
        && rule switch
        {
            RetryRule.IfUnavailable => true,
            RetryRule.IfNeverSent => !wasSent,
            _ => false,
        };

    /// <summary>The wait before the next try: none until every endpoint was tried.</summary>
    public static TimeSpan Delay(int tries, int endpoints, double random) =>
        tries % endpoints != 0 ? TimeSpan.Zero : Backoff * (1 + (JitterShare * ((2 * random) - 1)));
}
