using System.Buffers;
using Google.Protobuf;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Store.Host;
using Keelson.StoreServer.Tests.Metrics;

namespace Keelson.StoreServer.Tests.Verbs;

/// <summary>Who waits for a physical compaction may give up: the server's side of the call ends then, too.</summary>
internal sealed class CompactVerbTests
{
    private const string Compact = "/etcdserverpb.KV/Compact";
    private const string Put = "/etcdserverpb.KV/Put";

    private const string Started =
        "grpc_server_started_total{grpc_method=\"Compact\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Physical_DeadlinePasses_EndsThere()
    {
        await using TestNode node = await FilledAsync();
        using StoreSnapshot holdsUp = node.Node.Engine.Snapshots.Begin([]);
        await using RpcClientStream call =
            await BeginAsync(node, new RpcCallOptions { Timeout = TimeSpan.FromSeconds(1) });
        // The caller's own clock may end the call a moment before the server's does: then it is a call given up.
        await UntilAnyAsync(node, Handled("DeadlineExceeded"), Handled("Canceled"));
    }

    [Test]
    public async Task Physical_CallerLeaves_EndsThere()
    {
        await using TestNode node = await FilledAsync();
        using StoreSnapshot holdsUp = node.Node.Engine.Snapshots.Begin([]);
        RpcClientStream call = await BeginAsync(node, new RpcCallOptions());
        await UntilAnyAsync(node, Started);
        await call.DisposeAsync();
        await UntilAnyAsync(node, Handled("Canceled"));
    }

    private static string Handled(string code) =>
        $"grpc_server_handled_total{{grpc_code=\"{code}\",grpc_method=\"Compact\","
        + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";

    private static async Task<TestNode> FilledAsync()
    {
        TestNode node = await TestNode.StartAsync();
        for (int version = 0; version < 5; version++)
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8("key") };
            await node.CallAsync(Put, put, PutResponse.Parser);
        }

        return node;
    }

    private static async Task<RpcClientStream> BeginAsync(TestNode node, RpcCallOptions options)
    {
        RpcClientStream call = node.Channel.OpenStream(Compact, options);
        call.Begin().Write(new CompactionRequest { Revision = 3, Physical = true }.ToByteArray());
        await call.SendAsync();
        call.CompleteSending();
        return call;
    }

    private static async Task UntilAnyAsync(TestNode node, params string[] samples)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (string sample in samples)
            {
                if (await ReadAsync(node, sample) > 0)
                {
                    return;
                }
            }

            await Task.Delay(10, patience.Token);
        }
    }

    private static async Task<double> ReadAsync(TestNode node, string sample)
    {
        using var client = new HttpClient();
        var scrape = ScrapeText.Parse(await client.GetStringAsync(new Uri(node.Uri, "/metrics")));
        Assert.That(scrape.Samples, Does.ContainKey(sample));
        return scrape.Samples[sample];
    }
}
