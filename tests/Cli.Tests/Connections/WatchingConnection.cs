using Google.Protobuf;
using Keelson.Rpc.Etcd;

namespace Keelson.Cli.Tests.Connections;

/// <summary>A connection whose streams each watch the same key.</summary>
internal sealed class WatchingConnection : IDisposable
{
    private static readonly ByteString Key = ByteString.CopyFromUtf8("k");

    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<long>> _revisionsByStream = [];
    private readonly TaskCompletionSource _watching = NewSignal();
    private readonly TaskCompletionSource<long> _put = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _seen = NewSignal();
    private int _wanted;
    private int _putStream;

    public WireConnection Wire { get; private set; } = null!;

    /// <summary>Completes when every stream was told that its watch is created.</summary>
    public Task Watching => _watching.Task;

    public IEnumerable<IReadOnlyList<long>> Revisions => _revisionsByStream.Values;

    public static async Task<WatchingConnection> OpenAsync(Uri uri)
    {
        var connection = new WatchingConnection();
        connection.Wire = await WireConnection.OpenAsync(uri, connection.Take);
        return connection;
    }

    public async Task WatchAsync(int streams)
    {
        _wanted = streams;
        byte[] message = new WatchRequest { CreateRequest = new WatchCreateRequest { Key = Key } }.ToByteArray();
        for (int count = 0; count < streams; count++)
        {
            await Wire.CallAsync("/etcdserverpb.Watch/Watch", message, isLast: false);
        }
    }

    /// <summary>The revision that the put got.</summary>
    public async Task<long> PutAsync()
    {
        byte[] message = new PutRequest { Key = Key }.ToByteArray();
        _putStream = 1 + (2 * _wanted);
        Assert.That(
            await Wire.CallAsync("/etcdserverpb.KV/Put", message, isLast: true), Is.EqualTo(_putStream));
        return await _put.Task;
    }

    public Task WaitForEventsAsync(int perStream)
    {
        lock (_lock)
        {
            _wanted = perStream * _revisionsByStream.Count;
            _seen = NewSignal();
            Signal();
            return _seen.Task;
        }
    }

    public void Dispose() => Wire.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Take(int stream, byte[] message)
    {
        if (stream == _putStream)
        {
            _put.SetResult(PutResponse.Parser.ParseFrom(message).Header.Revision);
            return;
        }

        WatchResponse response = WatchResponse.Parser.ParseFrom(message);
        lock (_lock)
        {
            if (response.Created)
            {
                _revisionsByStream.Add(stream, []);
                if (_revisionsByStream.Count == _wanted)
                {
                    _watching.SetResult();
                }

                return;
            }

            _revisionsByStream[stream].AddRange(response.Events.Select(each => each.Kv.ModRevision));
            Signal();
        }
    }

    private void Signal()
    {
        if (_revisionsByStream.Values.Sum(each => each.Count) >= _wanted)
        {
            _seen.TrySetResult();
        }
    }
}
