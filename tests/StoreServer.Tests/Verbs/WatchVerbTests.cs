using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Verbs;

/// <summary>
/// Goal: what goes over the wire on a watch stream is etcd's (anchors: etcd 3.5, v3rpc/watch.go); the hub's own
/// promises are tested where it is.
/// </summary>
internal sealed class WatchVerbTests
{
    private TestNode _node = null!;

    [SetUp]
    public async Task SetUp() => _node = await TestNode.StartAsync();

    [TearDown]
    public async Task TearDown() => await _node.DisposeAsync();

    [Test]
    public async Task Watch_FromARevision_GetsCreatedThenEvents()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a"), StartRevision = 2, PrevKv = true });
        WatchResponse created = await ReadAsync(stream);
        WatchResponse events = await ReadAsync(stream);
        Assert.Multiple(() =>
        {
            Assert.That(created.Created, Is.True);
            Assert.That(created.Header.Revision, Is.EqualTo(3));
            Assert.That(created.Header.ClusterId, Is.Not.Zero);
            Assert.That(created.Header.RaftTerm, Is.EqualTo(1));
            Assert.That(events.Events.Select(one => one.Kv.ModRevision), Is.EqualTo(new[] { 2L, 3L }));
            Assert.That(events.Events[1].PrevKv.Value.ToStringUtf8(), Is.EqualTo("1"));
        });
    }

    [Test]
    public async Task Watch_Live_GetsWhatIsWrittenLater()
    {
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a") });
        await ReadAsync(stream);
        await PutAsync("b", "1");
        await PutAsync("a", "1");
        WatchResponse events = await ReadAsync(stream);
        Assert.Multiple(() =>
        {
            Assert.That(events.Events.Single().Kv.Key.ToStringUtf8(), Is.EqualTo("a"));
            Assert.That(events.Header.Revision, Is.EqualTo(3));
        });
    }

    [Test]
    public async Task Watch_WithAnEmptyRange_IsCreatedAndCanceledAtOnce()
    {
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("b"), RangeEnd = Utf8("a") });
        WatchResponse refused = await ReadAsync(stream);
        Assert.Multiple(() =>
        {
            Assert.That(refused.Created, Is.True);
            Assert.That(refused.Canceled, Is.True);
            Assert.That(refused.WatchId, Is.EqualTo(-1));
            Assert.That(refused.CancelReason, Is.EqualTo("mvcc: watcher range is empty"));
        });
    }

    [Test]
    public async Task Watch_BelowTheCompactRevision_EndsWithIt()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        await _node.CallAsync(
            "/etcdserverpb.KV/Compact", new CompactionRequest { Revision = 3 }, CompactionResponse.Parser);
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a"), StartRevision = 2 });
        WatchResponse created = await ReadAsync(stream);
        WatchResponse canceled = await ReadAsync(stream);
        Assert.Multiple(() =>
        {
            Assert.That(created.Canceled, Is.False);
            Assert.That(canceled.Canceled, Is.True);
            Assert.That(canceled.CompactRevision, Is.EqualTo(3));
            Assert.That(canceled.CancelReason, Is.Empty);
        });
    }

    [Test]
    public async Task Watch_Canceled_SaysSo_AndProgressIsAnsweredForTheRest()
    {
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a") });
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("b") });
        long first = (await ReadAsync(stream)).WatchId;
        await ReadAsync(stream);
        await stream.SendAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = first } });
        WatchResponse canceled = await ReadAsync(stream);
        await stream.SendAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        WatchResponse progress = await ReadAsync(stream);
        Assert.Multiple(() =>
        {
            Assert.That(canceled.Canceled, Is.True);
            Assert.That(canceled.WatchId, Is.EqualTo(first));
            Assert.That(progress.WatchId, Is.EqualTo(-1));
            Assert.That(progress.Header.Revision, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Stream_HalfClosed_GoesOn()
    {
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a") });
        await ReadAsync(stream);
        stream.CompleteSending();
        await PutAsync("a", "1");
        Assert.That((await ReadAsync(stream)).Events, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Stream_WhenTheNodeStops_EndsAtOnce()
    {
        await using RpcClientStream stream = OpenWatch();
        await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a") });
        await ReadAsync(stream);
        await _node.Node.StopAsync("test");
        Assert.Multiple(async () =>
        {
            Assert.That(await stream.ReadAsync(), Is.Null);
            Assert.That(stream.Status, Is.EqualTo(EtcdErrors.ServerStopped));
        });
    }

    [Test]
    public async Task Stream_WithManyWatches_HoldsNothingUp()
    {
        const int Watches = 2000;
        await using RpcClientStream stream = OpenWatch();
        Task sending = Task.Run(async () =>
        {
            for (int count = 0; count < Watches; count++)
            {
                await SendAsync(stream, new WatchCreateRequest { Key = Utf8("a") });
            }
        });
        for (int count = 0; count < Watches; count++)
        {
            Assert.That((await ReadAsync(stream)).Created, Is.True);
        }

        await sending;
        await PutAsync("a", "1");
        for (int count = 0; count < Watches; count++)
        {
            Assert.That((await ReadAsync(stream)).Events, Has.Count.EqualTo(1));
        }
    }

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);

    private static async Task SendAsync(RpcClientStream stream, WatchCreateRequest create) =>
        Assert.That(await stream.SendAsync(new WatchRequest { CreateRequest = create }), Is.True);

    private static async Task<WatchResponse> ReadAsync(RpcClientStream stream)
    {
        (RpcStatus status, WatchResponse? response) = await stream.ReadAsync(WatchResponse.Parser);
        Assert.That(response, Is.Not.Null, $"{status} {stream.Status}");
        return response!;
    }

    private RpcClientStream OpenWatch() => _node.Channel.OpenStream(
        "/etcdserverpb.Watch/Watch", new RpcCallOptions { Timeout = TimeSpan.FromSeconds(60) });

    private Task PutAsync(string key, string value) => _node.CallAsync(
        "/etcdserverpb.KV/Put", new PutRequest { Key = Utf8(key), Value = Utf8(value) }, PutResponse.Parser);
}
