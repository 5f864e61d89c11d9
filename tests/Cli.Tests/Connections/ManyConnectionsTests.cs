using System.Text.Json;

namespace Keelson.Cli.Tests.Connections;

/// <summary>
/// Goal: thousands of connections with several open watch streams each are ordinary for the real program: every stream
/// sees every event, calls on the same connections go through, and all of it is gone when the clients are.
/// </summary>
/// <remarks>
/// 1,000 connections with four streams each, which takes seconds; make test-connections takes 3,000, or what
/// KEELSON_CONNECTIONS and KEELSON_STREAMS say. Fewer where so many files must not be open.
/// </remarks>
internal sealed class ManyConnectionsTests
{
    private const int Puts = 3;
    private const int Rounds = 2;
    private const long ConnectionBytesMax = 48 << 10;
    private const long StreamBytesMax = 24 << 10;
    private const long OwnBytes = 64 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<WatchingConnection> _connections = [];
    // Both processes need the files; this one has others open as well.
    private readonly int _count = Math.Min(Number("KEELSON_CONNECTIONS", 1_000), ServerSample.FilesLimit() - 1_000);
    private readonly int _streams = Number("KEELSON_STREAMS", 4);
    private string _directory = null!;
    private KeelsonProcess _process = null!;
    private Uri _uri = null!;
    private long _revision = 1;

    [SetUp]
    public async Task SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;
        // Enough for one round and not for two: what is closed must be gone.
        long heapBytes = OwnBytes + (_count * (ConnectionBytesMax + (_streams * StreamBytesMax)));
        _process = KeelsonProcess.StartWrapped(
            "env",
            [
                $"DOTNET_GCHeapHardLimit=0x{heapBytes:x}", "dotnet", KeelsonProcess.Program, "store",
                "--data-dir", _directory, "--listen-client-urls", "http://127.0.0.1:0",
                "--advertise-client-urls", "http://127.0.0.1:2379",
            ]);
        JsonElement ready = JsonDocument.Parse(
            await _process.WaitForLineAsync("ready to serve client requests")).RootElement;
        _uri = new Uri(ready.GetProperty("addresses")[0].GetString()!);
    }

    [TearDown]
    public void TearDown()
    {
        _connections.ForEach(each => each.Dispose());
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Store_ManyConnectionsWithManyStreams_SeeEveryEvent_AndAreGoneWhenClosed()
    {
        ServerSample before = ServerSample.Of(_process.Id);
        for (int round = 0; round < Rounds; round++)
        {
            await OpenAndWatchAsync(_count, _streams);
            await CloseAsync(before);
        }

        await _process.TerminateAsync();
        Assert.That(await _process.WaitForExitAsync(), Is.Zero, _process.Text);
    }

    private static int Number(string variable, int usual) =>
        int.Parse(
            Environment.GetEnvironmentVariable(variable) ?? usual.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);

    private async Task OpenAndWatchAsync(int connections, int streams)
    {
        ServerSample start = ServerSample.Of(_process.Id);
        for (int count = 0; count < connections; count++)
        {
            _connections.Add(await WatchingConnection.OpenAsync(_uri));
        }

        await Task.WhenAll(_connections.Select(each => each.Wire.Answered)).WaitAsync(Patience);
        ServerSample connected = ServerSample.Of(_process.Id);
        foreach (WatchingConnection connection in _connections)
        {
            await connection.WatchAsync(streams);
        }

        await Task.WhenAll(_connections.Select(each => each.Watching)).WaitAsync(Patience);
        Assert.That(await WatchersAsync(), Is.EqualTo((connections * streams, connections * streams)));
        ServerSample watching = ServerSample.Of(_process.Id);
        await PutAsync();
        ServerSample end = ServerSample.Of(_process.Id);
        TestContext.Out.WriteLine(
            $"{connections} connections: {(connected.AnonymousBytes - start.AnonymousBytes) / connections} bytes each; "
            + $"{connections * streams} streams: "
            + $"{(watching.AnonymousBytes - connected.AnonymousBytes) / connections / streams} bytes each, "
            + $"{(end.AnonymousBytes - connected.AnonymousBytes) / connections / streams} after {Puts} events; "
            + $"{end.AnonymousBytes >> 20} MiB in all");
    }

    /// <summary>Writes over connections that have parked streams; every stream must see each revision once.</summary>
    private async Task PutAsync()
    {
        long from = _revision + 1;
        for (int put = 0; put < Puts; put++)
        {
            _revision++;
            WatchingConnection connection = _connections[put * (_connections.Count - 1) / Puts];
            Assert.That(await connection.PutAsync().WaitAsync(Patience), Is.EqualTo(_revision));
        }

        long[] expected = [.. Enumerable.Range(0, Puts).Select(put => from + put)];
        foreach (WatchingConnection connection in _connections)
        {
            await connection.WaitForEventsAsync(Puts).WaitAsync(Patience);
            foreach (IReadOnlyList<long> seen in connection.Revisions)
            {
                Assert.That(seen, Is.EqualTo(expected));
            }
        }
    }

    private async Task CloseAsync(ServerSample before)
    {
        _connections.ForEach(each => each.Dispose());
        _connections.Clear();
        using var patience = new CancellationTokenSource(Patience);
        // What the runtime itself opens meanwhile stays; a connection that stays would be one of thousands.
        while (await WatchersAsync() != (0, 0) || ServerSample.Of(_process.Id).FilesCount > before.FilesCount + 32)
        {
            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>Streams and watches, as the server's metrics say.</summary>
    private async Task<(int Streams, int Watches)> WatchersAsync()
    {
        using var http = new HttpClient { Timeout = Patience };
        string[] lines = (await http.GetStringAsync(new Uri(_uri, "/metrics"))).Split('\n');
        int Gauge(string name) => int.Parse(
            lines.First(line => line.StartsWith(name + ' ', StringComparison.Ordinal)).Split(' ')[1],
            CultureInfo.InvariantCulture);
        return (Gauge("etcd_debugging_mvcc_watch_stream_total"), Gauge("etcd_debugging_mvcc_watcher_total"));
    }
}
