namespace Keelson.StoreServer.Peers;

/// <summary>How long to wait before the next attempt: longer each time, and never in step with others.</summary>
internal sealed class PeerPauses(PeerOptions options)
{
    private readonly Lock _lock = new();

    /// <summary>Half of twice the pause before, and up to as much again; a refusal waits as long as any.</summary>
    public TimeSpan Next(TimeSpan before, bool isRefused)
    {
        TimeSpan next = before * 2;
        next = next < options.RetryMin ? options.RetryMin : next;
        next = next > options.RetryMax || isRefused ? options.RetryMax : next;
        ulong drawn;
        lock (_lock)
        {
            drawn = options.Random.Next();
        }

        return (next / 2) + (next / 2 * ((drawn >> 11) / (double)(1UL << 53)));
    }
}
