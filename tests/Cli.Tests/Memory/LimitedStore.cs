using System.Text.Json;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.Cli.Tests.Memory;

/// <summary>The real program under a memory limit, started again and again on one directory.</summary>
internal sealed class LimitedStore(MemoryLimit limit, string directory) : IAsyncDisposable
{
    private KeelsonProcess? _process;
    private RpcChannel? _channel;

    /// <summary>The most memory that the running program had to itself, in bytes; without the page cache.</summary>
    public long AnonymousBytesMax { get; private set; }

    public EtcdClient Client { get; private set; } = null!;

    /// <summary>What the program said; for messages.</summary>
    public string Text =>
        $"{limit.KillsCount} killed for want of memory, {AnonymousBytesMax >> 20} MiB before\n{_process!.Text}";

    public async Task StartAsync()
    {
        (string program, string[] arguments) = limit.Wrap(
            "dotnet",
            [
                KeelsonProcess.Program, "store", "--data-dir", directory,
                "--listen-client-urls", "http://127.0.0.1:0", "--advertise-client-urls", "http://127.0.0.1:2379",
            ]);
        _process = KeelsonProcess.StartWrapped(program, arguments);
        JsonElement ready = JsonDocument.Parse(
            await _process.WaitForLineAsync("ready to serve client requests")).RootElement;
        _channel = new RpcChannel(new RpcChannelOptions
        {
            Endpoints = [new Uri(ready.GetProperty("addresses")[0].GetString()!)],
        });
        Client = new EtcdClient(_channel, new RpcCallOptions { Timeout = TimeSpan.FromSeconds(60) });
        Measure();
    }

    /// <summary>Writes one group of keys; it must get the revision that the keys are computed for.</summary>
    public async Task WriteAsync(WideKeys keys, long revision)
    {
        RpcResult<TxnResult> result = await TryWriteAsync(keys, revision);
        Assert.That(result.Status, Is.EqualTo(RpcStatus.OK), Text);
        Assert.That(result.Value!.Header.Revision.Value, Is.EqualTo(revision));
        Measure();
    }

    /// <summary>The same when it may fail.</summary>
    public ValueTask<RpcResult<TxnResult>> TryWriteAsync(WideKeys keys, long revision) => Client.TxnAsync(
        new TxnCommand
        {
            Success =
            [
                .. keys.Written(revision).Select(key => new TxnOperation.Put(
                    new PutCommand(keys.Key(key), WideKeys.Value(key, revision)))),
            ],
        },
        CancellationToken.None);

    public async Task<RangeResult> ReadAsync(RangeQuery query)
    {
        RpcResult<RangeResult> result = await Client.RangeAsync(query, CancellationToken.None);
        Assert.That(result.Status, Is.EqualTo(RpcStatus.OK), Text);
        return result.Value!;
    }

    public async Task<long> RevisionAsync() =>
        (await ReadAsync(new RangeQuery(KeyRange.All) { Limit = 1, KeysOnly = true })).Header.Revision.Value;

    public async Task CompactAsync(long revision) => Assert.That(
        await Client.CompactAsync(new Revision(revision), CancellationToken.None), Is.EqualTo(RpcStatus.OK), Text);

    /// <summary>SIGTERM, and the exit that it asks for.</summary>
    public async Task StopAsync()
    {
        Measure();
        await _process!.TerminateAsync();
        Assert.That(await _process.WaitForExitAsync(), Is.Zero, Text);
        End();
    }

    public async Task KillAsync()
    {
        Measure();
        await _process!.KillAsync();
        End();
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    private void End()
    {
        _channel?.Dispose();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Takes note of the memory that the program has now.</summary>
    public void Measure()
    {
        if (_process is null || !File.Exists($"/proc/{_process.Id}/status"))
        {
            return;
        }

        string line = File.ReadLines($"/proc/{_process!.Id}/status").First(
            each => each.StartsWith("RssAnon:", StringComparison.Ordinal));
        long kibibytes = long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        AnonymousBytesMax = Math.Max(AnonymousBytesMax, kibibytes << 10);
    }
}
