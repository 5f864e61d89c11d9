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

    private readonly Lock _lock = new();
    private readonly Dictionary<MemberId, PeerSeries> _series = [];

    /// <summary>The series of one member.</summary>
    public PeerSeries Of(MemberId member)
    {
        // Made once: a second instrument of the same name and labels would show up beside the first.
        lock (_lock)
        {
            MemberId named = _series.ContainsKey(member) || _series.Count < MembersMax ? member : default;
            if (!_series.TryGetValue(named, out PeerSeries? series))
            {
                series = new PeerSeries(meter, named);
                _series.Add(named, series);
            }

            return series;
        }
    }

    /// <summary>An outage began.</summary>
    public void Disconnected(MemberId member) => meter.CreateCounter<long>(
        "etcd_network_disconnected_peers_total", null, "The total number of disconnected peers.",
        Labels.Of(new("Local", self.ToString()), new("Remote", member.ToString()))).Add(1);
}
