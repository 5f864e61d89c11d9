using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.Cli.Tests.Connections;

/// <summary>
/// Goal: more connections than the process may have files open do not hurt: some wait, everybody else is served, the
/// log and the checkpoints get the files that they need, and nothing acknowledged is lost.
/// </summary>
internal sealed class DescriptorLimitTests
{
    private const int FilesLimit = 600;
    private const int Puts = 100;

    /// <summary>Within the window of a stream: the connection below sends without asking.</summary>
    private const int ValueBytes = 768 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<WireConnection> _connections = [];
    private readonly List<Channel<PutResponse>> _responses = [];
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;

    [TearDown]
    public void TearDown()
    {
        _connections.ForEach(each => each.Dispose());
        _connections.Clear();
        _responses.Clear();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Store_MoreConnectionsThanDescriptors_LetsThemWait_AndLosesNothing(bool isLowest)
    {
        string metrics = FreeUrl();
        int filesLimit = isLowest ? await LowestLimitAsync(metrics) : FilesLimit;
        using KeelsonProcess process = Start(filesLimit, "--listen-metrics-urls", metrics);
        Uri uri = await ReadyAsync(process);
        await ConnectAsync(uri, filesLimit);
        string full = await process.WaitForLineAsync("as many connections as may be are open");
        int max = JsonDocument.Parse(full).RootElement.GetProperty("max").GetInt32();
        await Task.WhenAll(_connections.Take(max).Select(each => each.Answered)).WaitAsync(Patience);
        Assert.That(_connections.Skip(max).Count(each => each.Answered.IsCompleted), Is.Zero);

        using (var http = new HttpClient())
        {
            Assert.That(await http.GetStringAsync(new Uri(metrics + "/health")), Does.Contain("true"));
        }

        // Enough for several checkpoints and history segments, each of which opens files.
        for (int put = 0; put < Puts; put++)
        {
            Assert.That(await PutAsync(put % max, put), Is.EqualTo(put + 2));
        }

        Assert.That(ServerSample.Of(process.Id).FilesCount, Is.LessThan(filesLimit), "the runtime needs some, too");

        // Those that waited come in as others go.
        _connections.Take(max).ToList().ForEach(each => each.Dispose());
        await Task.WhenAll(_connections.Skip(max).Take(max).Select(each => each.Answered)).WaitAsync(Patience);
        await process.KillAsync();
        using KeelsonProcess again = Start(filesLimit);
        await CheckAsync(await ReadyAsync(again));
    }

    [Test]
    public async Task Store_WithHardlyAnyDescriptors_SaysHowManyItNeeds()
    {
        using KeelsonProcess process = Start(200);
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(1), process.Text);
        Assert.That(process.Text, Does.Contain("file descriptor limit").And.Contain("set it to"));
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private static async Task<Uri> ReadyAsync(KeelsonProcess process)
    {
        JsonElement ready = JsonDocument.Parse(
            await process.WaitForLineAsync("ready to serve client requests")).RootElement;
        return new Uri(ready.GetProperty("addresses")[0].GetString()!);
    }

    private static async Task CheckAsync(Uri uri)
    {
        using var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [uri] });
        var client = new EtcdClient(channel, new RpcCallOptions { Timeout = Patience });
        for (int put = 0; put < Puts; put++)
        {
            RpcResult<RangeResult> result = await client.RangeAsync(
                new RangeQuery(KeyRange.Single(Key(put).Memory)), CancellationToken.None);
            Assert.That(result.Status, Is.EqualTo(RpcStatus.OK));
            Assert.That(result.Value!.Values.Single().Value.Span.SequenceEqual(Value(put).Span), Is.True);
        }
    }

    private static ByteString Key(int put) => ByteString.CopyFromUtf8($"key-{put}");

    private static ByteString Value(int put) =>
        ByteString.CopyFrom([.. Enumerable.Repeat((byte)put, ValueBytes)]);

    /// <summary>With which the program starts, by its own word; a few more, because what it has open varies.</summary>
    private async Task<int> LowestLimitAsync(string metrics)
    {
        using KeelsonProcess process = Start(200, "--listen-metrics-urls", metrics);
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(1), process.Text);
        Match needed = Regex.Match(process.Text, "set it to ([0-9]+)");
        Assert.That(needed.Success, Is.True, process.Text);
        return int.Parse(needed.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 10;
    }

    private async Task ConnectAsync(Uri uri, int connections)
    {
        for (int count = 0; count < connections; count++)
        {
            var responses = Channel.CreateUnbounded<PutResponse>();
            _responses.Add(responses);
            _connections.Add(await WireConnection.OpenAsync(
                uri, (_, message) => responses.Writer.TryWrite(PutResponse.Parser.ParseFrom(message))));
        }
    }

    /// <summary>The revision that the put got.</summary>
    private async Task<long> PutAsync(int connection, int put)
    {
        byte[] message = new PutRequest { Key = Key(put), Value = Value(put) }.ToByteArray();
        await _connections[connection].CallAsync("/etcdserverpb.KV/Put", message, isLast: true);
        PutResponse response = await _responses[connection].Reader.ReadAsync().AsTask().WaitAsync(Patience);
        return response.Header.Revision;
    }

    private KeelsonProcess Start(int filesLimit, params string[] more) => KeelsonProcess.StartWrapped(
        "sh",
        [
            "-c", $"ulimit -n {filesLimit} && exec \"$0\" \"$@\"", "dotnet", KeelsonProcess.Program, "store",
            "--data-dir", _directory, "--listen-client-urls", "http://127.0.0.1:0",
            "--advertise-client-urls", "http://127.0.0.1:2379", .. more,
        ]);
}
