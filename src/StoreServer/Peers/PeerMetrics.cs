using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Keelson.Base.Identity;
using Keelson.StoreServer.Metrics;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// What goes between members, under etcd's names (etcd 3.5, rafthttp/metrics.go). Whoever connects names itself, so
/// only so many have series of their own; the others share those of member 0.
/// </summary>
internal sealed class PeerMetrics(Meter meter, MemberId self)
{
    private const int MembersMax = 256;

    private readonly ConcurrentDictionary<MemberId, PeerSeries> _series = new();

    /// <summary>The series of one member.</summary>
    public PeerSeries Of(MemberId member)
    {
        MemberId named = _series.ContainsKey(member) || _series.Count < MembersMax ? member : default;
        return _series.GetOrAdd(named, each => new PeerSeries(meter, each));
    }

    /// <summary>An outage began.</summary>
    public void Disconnected(MemberId member) => meter.CreateCounter<long>(
        "etcd_network_disconnected_peers_total", null, "The total number of disconnected peers.",
        Labels.Of(new("Local", self.ToString()), new("Remote", member.ToString()))).Add(1);
}
