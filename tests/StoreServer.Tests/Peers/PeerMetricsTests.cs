using System.Diagnostics.Metrics;
using Keelson.Base.Identity;
using Keelson.StoreServer.Peers;

namespace Keelson.StoreServer.Tests.Peers;

public sealed class PeerMetricsTests
{
    /// <summary>Both lanes of a member ask at the same time, and a scrape must find one series.</summary>
    [Test]
    public void Series_AskedForByManyThreads_IsMadeOnce()
    {
        const int Threads = 4;
        for (int round = 0; round < 200; round++)
        {
            using var meter = new Meter("peers");
            int published = 0;
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, _) =>
                {
                    if (instrument.Meter == meter && instrument.Name == "etcd_network_peer_sent_bytes_total")
                    {
                        Interlocked.Increment(ref published);
                    }
                },
            };
            listener.Start();
            var metrics = new PeerMetrics(meter, new MemberId(1));
            using var together = new Barrier(Threads);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                together.SignalAndWait();
                metrics.Of(new MemberId(2)).Sent(1);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.That(published, Is.EqualTo(1), $"round {round}");
        }
    }
}
