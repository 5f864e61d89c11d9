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

    [Test]
    public async Task Operations_InsideTransactionsAndLeases_AreCounted()
    {
        // Figures as a real etcd 3.5.16 counts them; tests/Compatibility compares the two.
        await using TestNode node = await TestNode.StartAsync();
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("key"), Value = ByteString.CopyFromUtf8("value") };
        var txn = new TxnRequest();
        txn.Compare.Add(new Compare { Key = put.Key, Target = Compare.Types.CompareTarget.Mod });
        txn.Success.Add(new RequestOp { RequestPut = put });
        txn.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = put.Key } });
        await node.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);
        await node.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);
        await node.CallAsync("/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { ID = 7, TTL = 60 },
            LeaseGrantResponse.Parser);
        put.Lease = 7;
        await node.CallAsync("/etcdserverpb.KV/Put", put, PutResponse.Parser);
        await node.CallAsync(
            "/etcdserverpb.Lease/LeaseRevoke", new LeaseRevokeRequest { ID = 7 }, LeaseRevokeResponse.Parser);
        txn.Success.Clear();
        await node.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);

        ScrapeText scrape = await ScrapeAsync(node);
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Samples["etcd_mvcc_put_total"], Is.EqualTo(2), "one inside, one of its own");
            Assert.That(scrape.Samples["etcd_mvcc_delete_total"], Is.EqualTo(1), "the lease's key");
            Assert.That(scrape.Samples["etcd_mvcc_range_total"], Is.EqualTo(4), "three compares and the else-branch");
            Assert.That(scrape.Samples["etcd_mvcc_txn_total"], Is.Zero, "none ran more than one operation together");
            Assert.That(scrape.Samples["etcd_debugging_mvcc_total_put_size_in_bytes"], Is.EqualTo(16));
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
