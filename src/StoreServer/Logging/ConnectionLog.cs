using Keelson.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Logging;

/// <summary>Says that connections wait; once a minute is enough for something that happens at each of them.</summary>
internal sealed class ConnectionLog(ILogger logger, TimeProvider time) : IConnectionObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _lastFull;
    private long? _lastFailure;

    public void Full(int max)
    {
        if (IsDue(ref _lastFull))
        {
            logger.ConnectionsFull(max);
        }
    }

    public void AcceptFailed(Exception exception)
    {
        if (IsDue(ref _lastFailure))
        {
            logger.AcceptFailed(exception.Message);
        }
    }

    private bool IsDue(ref long? last)
    {
        lock (_lock)
        {
            if (last is { } before && time.GetElapsedTime(before) < Interval)
            {
                return false;
            }

            last = time.GetTimestamp();
            return true;
        }
    }
}
