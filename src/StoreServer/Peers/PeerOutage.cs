using Keelson.Base.Identity;
using Keelson.StoreServer.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// Whether a member can be reached: an outage begins with the first lane that loses messages and ends when none does.
/// Each is reported once, on a thread of the pool: whoever sends must not be called back meanwhile.
/// </summary>
internal sealed class PeerOutage(MemberId member, IPeerEvents events, PeerContext context)
{
    private readonly Lock _lock = new();
    private readonly HashSet<PeerLane> _lanes = [];

    public void Begin(PeerLane lane, string reason)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _lanes.Add(lane) && _lanes.Count == 1;
        }

        if (isFirst)
        {
            context.Logger.PeerInactive(member.ToString(), reason);
            context.Metrics.Disconnected(member);
            ThreadPool.UnsafeQueueUserWorkItem(
                static outage => outage.Report(), this, preferLocal: false);
        }
    }

    public void End(PeerLane lane)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = _lanes.Remove(lane) && _lanes.Count == 0;
        }

        if (isLast)
        {
            context.Logger.PeerActive(member.ToString());
        }
    }

    private void Report() => events.Unreachable(member);
}
