using System.Collections.Concurrent;
using System.Text.Json;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.Cli.Tests.Connections;

/// <summary>
/// Goal: whoever asks the real program to stop while clients write and watch gets exit code 0 soon; every call was
/// answered or ended with a code that clients try again on, and what was acknowledged is there afterwards.
/// </summary>
[TestFixtureSource(nameof(Programs))]
internal sealed class TerminationTests(string program)
{
    private const string TestBuild = "test build";
    private const int Writers = 4;
    private const int CallsInFlight = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _acknowledged = new();
    private readonly ConcurrentDictionary<StatusCode, int> _failures = new();
    private TaskCompletionSource _underLoad = null!;
    private int _answeredBefore;
    private string _directory = null!;

    private static IEnumerable<string> Programs => [TestBuild, .. KeelsonProcess.Published];

    [SetUp]
    public void SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;
        _acknowledged.Clear();
        _failures.Clear();
        _underLoad = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [TestCase(1, "TERM")]
    [TestCase(500, "TERM")]
    [TestCase(500, "INT")]
    [TestCase(500, "TERM", "TERM", "INT")]
    public async Task Store_SignalledUnderLoad_EndsInOrder_AndKeepsWhatItAcknowledged(
        int answeredBefore, params string[] signals)
    {
        _answeredBefore = answeredBefore;
        using (KeelsonProcess process = Start())
        {
            Uri uri = await ReadyAsync(process);
            Task[] writing = [.. Enumerable.Range(0, Writers).Select(writer => WriteAsync(uri, writer))];
            Task<RpcStatus?> watching = WatchAsync(uri);
            await _underLoad.Task.WaitAsync(Patience);
            foreach (string signal in signals)
            {
                await process.SignalAsync(signal);
            }

            Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Text);
            await Task.WhenAll(writing).WaitAsync(Patience);
            Assert.Multiple(async () =>
            {
                Assert.That(process.Text, Does.Contain("closed etcd server"));
                Assert.That(_failures.Keys, Is.SubsetOf(new[] { StatusCode.Unavailable }), process.Text);
                Assert.That((await watching)?.Code, Is.EqualTo(StatusCode.Unavailable), $"{await watching}");
            });
        }

        using KeelsonProcess again = Start();
        await CheckAsync(await ReadyAsync(again));
        TestContext.Out.WriteLine($"{_acknowledged.Count} acknowledged writes, {_failures.Values.Sum()} refused");
    }

    private static async Task<Uri> ReadyAsync(KeelsonProcess process)
    {
        JsonElement ready = JsonDocument.Parse(
            await process.WaitForLineAsync("ready to serve client requests")).RootElement;
        return new Uri(ready.GetProperty("addresses")[0].GetString()!);
    }

    /// <summary>How the stream ended, once it did.</summary>
    private static async Task<RpcStatus?> WatchAsync(Uri uri)
    {
        using var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [uri] });
        await using RpcClientStream stream = channel.OpenStream("/etcdserverpb.Watch/Watch", RpcCallOptions.None);
        await stream.SendAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = Google.Protobuf.ByteString.CopyFromUtf8("k"),
                RangeEnd = Google.Protobuf.ByteString.CopyFromUtf8("l"),
            },
        });
        while (await stream.ReadAsync() is not null)
        {
        }

        return stream.Status;
    }

    private KeelsonProcess Start() => KeelsonProcess.StartProgram(
        program == TestBuild ? null : program,
        "store", "--data-dir", _directory, "--listen-client-urls", "http://127.0.0.1:0",
        "--advertise-client-urls", "http://127.0.0.1:2379");

    private async Task WriteAsync(Uri uri, int writer)
    {
        using var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [uri] });
        await Task.WhenAll(Enumerable.Range(0, CallsInFlight).Select(lane => WriteLaneAsync(channel, writer, lane)));
    }

    /// <summary>One call after the other, each a key of its own, until one fails.</summary>
    private async Task WriteLaneAsync(RpcChannel channel, int writer, int lane)
    {
        for (int number = 0; ; number++)
        {
            string key = $"k/{writer}/{lane}/{number}";
            RpcResult<PutResponse> result = await channel.CallAsync(
                "/etcdserverpb.KV/Put",
                new PutRequest
                {
                    Key = Google.Protobuf.ByteString.CopyFromUtf8(key),
                    Value = Google.Protobuf.ByteString.CopyFromUtf8(key),
                },
                PutResponse.Parser,
                new RpcCallOptions { Timeout = Patience });
            if (!result.Status.IsOK)
            {
                _failures.AddOrUpdate(result.Status.Code, 1, static (_, count) => count + 1);
                return;
            }

            _acknowledged[key] = result.Value!.Header.Revision;
            if (_acknowledged.Count >= _answeredBefore)
            {
                _underLoad.TrySetResult();
            }
        }
    }

    private async Task CheckAsync(Uri uri)
    {
        using var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [uri] });
        var client = new EtcdClient(channel, new RpcCallOptions { Timeout = Patience });
        RpcResult<Rpc.Etcd.RangeResult> all = await client.RangeAsync(
            new RangeQuery(KeyRange.Prefix("k/"u8.ToArray())), CancellationToken.None);
        Assert.That(all.Status, Is.EqualTo(RpcStatus.OK));
        var found = all.Value!.Values.ToDictionary(
            value => System.Text.Encoding.UTF8.GetString(value.Key.Span), value => value.ModRevision.Value);
        foreach ((string key, long revision) in _acknowledged)
        {
            Assert.That(found.GetValueOrDefault(key), Is.EqualTo(revision), key);
        }
    }
}
