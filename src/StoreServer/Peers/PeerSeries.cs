using System.Diagnostics.Metrics;
using Keelson.Base.Identity;
using Keelson.StoreServer.Metrics;

namespace Keelson.StoreServer.Peers;

/// <summary>What is counted about one member.</summary>
internal sealed class PeerSeries
{
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _sentFailures;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _receivedFailures;
    private readonly Histogram<double> _roundTripSeconds;

    public PeerSeries(Meter meter, MemberId member)
    {
        var to = new KeyValuePair<string, object?>("To", member.ToString());
        var from = new KeyValuePair<string, object?>("From", member.ToString());
        _sentBytes = meter.CreateCounter<long>(
            "etcd_network_peer_sent_bytes_total", null, "The total number of bytes sent to peers.", Labels.Of(to));
        _sentFailures = meter.CreateCounter<long>(
            "etcd_network_peer_sent_failures_total", null, "The total number of send failures from peers.",
            Labels.Of(to));
        _receivedBytes = meter.CreateCounter<long>(
            "etcd_network_peer_received_bytes_total", null, "The total number of bytes received from peers.",
            Labels.Of(from));
        _receivedFailures = meter.CreateCounter<long>(
            "etcd_network_peer_received_failures_total", null, "The total number of receive failures from peers.",
            Labels.Of(from));
        _roundTripSeconds = meter.CreateBucketed(
            "etcd_network_peer_round_trip_time_seconds", "Round-Trip-Time histogram between peers",
            Buckets.RoundTrip, to);
    }

    /// <summary>Bytes were handed to the kernel.</summary>
    public void Sent(int bytes) => _sentBytes.Add(bytes);

    /// <summary>A message was dropped, or a connection for sending was lost.</summary>
    public void SendFailed() => _sentFailures.Add(1);

    /// <summary>Bytes arrived.</summary>
    public void Received(int bytes) => _receivedBytes.Add(bytes);

    /// <summary>A message was dropped, or a connection for receiving was lost.</summary>
    public void ReceiveFailed() => _receivedFailures.Add(1);

    public void RoundTripTook(TimeSpan time) => _roundTripSeconds.Record(time.TotalSeconds);
}
