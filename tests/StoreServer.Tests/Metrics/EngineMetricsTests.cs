using Google.Protobuf;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Metrics;

/// <summary>What the engine does shows in a scrape, under etcd's names.</summary>
public sealed class EngineMetricsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Scrape_AfterWork_ShowsIt()
    {
        await using TestNode node = await TestNode.StartAsync("--metrics", "basic");
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("key") };
        for (int count = 0; count < 3; count++)
        {
            await node.CallAsync("/etcdserverpb.KV/Put", put, PutResponse.Parser);
        }

        await node.CallAsync(
            "/etcdserverpb.KV/Compact", new CompactionRequest { Revision = 4 }, CompactionResponse.Parser);
        await node.CallAsync(
            "/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { TTL = 1 }, LeaseGrantResponse.Parser);
        await UntilAsync(node, "etcd_debugging_server_lease_expired_total", 1);
        await UntilAsync(node, "etcd_debugging_mvcc_db_compaction_keys_total", 2);

        ScrapeText scrape = await ScrapeAsync(node);
        const string Put = "etcd_server_apply_duration_seconds_count{op=\"Put\",success=\"true\",version=\"v3\"}";
        Assert.Multiple(() =>
        {
            // A put alone waits for its own write, so there were at least as many.
            Assert.That(scrape.Samples["etcd_disk_wal_fsync_duration_seconds_count"], Is.GreaterThanOrEqualTo(5));
            // A write ends with a sector.
            Assert.That(scrape.Samples["etcd_disk_wal_write_bytes_total"], Is.GreaterThanOrEqualTo(5 * 512));
            Assert.That(scrape.Samples[Put], Is.EqualTo(3));
            Assert.That(scrape.Samples["etcd_debugging_mvcc_db_compaction_last"], Is.GreaterThan(1_600_000_000));
            Assert.That(
                scrape.Samples["etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count"], Is.EqualTo(1));
            Assert.That(scrape.Types["etcd_disk_backend_commit_duration_seconds"], Is.EqualTo("histogram"));
        });
    }

    [Test]
    public async Task Apply_Refused_IsCountedAsFailed()
    {
        await using TestNode node = await TestNode.StartAsync();
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("key") };
        await node.SendBytesAsync("/etcdserverpb.KV/Put", put.ToByteArray());
        put.Lease = 7;
        await node.SendBytesAsync("/etcdserverpb.KV/Put", put.ToByteArray());

        ScrapeText scrape = await ScrapeAsync(node);
        const string Name = "etcd_server_apply_duration_seconds_count";
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Samples[Name + "{op=\"Put\",success=\"false\",version=\"v3\"}"], Is.EqualTo(1));
            Assert.That(scrape.Samples[Name + "{op=\"Put\",success=\"true\",version=\"v3\"}"], Is.EqualTo(1));
        });
    }

    private static async Task UntilAsync(TestNode node, string sample, double value)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while ((await ScrapeAsync(node)).Samples[sample] < value)
        {
            await Task.Delay(20, deadline.Token);
        }
    }

    private static async Task<ScrapeText> ScrapeAsync(TestNode node)
    {
        using var client = new HttpClient();
        return ScrapeText.Parse(await client.GetStringAsync(new Uri(node.Uri, "/metrics")));
    }
}
