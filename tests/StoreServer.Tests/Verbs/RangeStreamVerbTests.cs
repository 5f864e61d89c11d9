using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Verbs;

/// <summary>Goal: the chunks of a range stream, merged, are the unary answer, whatever is asked.</summary>
internal sealed class RangeStreamVerbTests
{
    private const int Keys = 300;

    private TestNode _node = null!;

    [OneTimeSetUp]
    public async Task OneTimeSetUp()
    {
        _node = await TestNode.StartAsync();
        for (int key = 0; key < Keys; key++)
        {
            await _node.CallAsync(
                "/etcdserverpb.KV/Put",
                new PutRequest { Key = Utf8($"k/{key:d4}"), Value = ByteString.CopyFrom(new byte[5000]) },
                PutResponse.Parser);
        }
    }

    [OneTimeTearDown]
    public async Task OneTimeTearDown() => await _node.DisposeAsync();

    [TestCase("k/", "k0", 0, 0, "")]
    [TestCase("k/", "k0", 7, 0, "")]
    [TestCase("k/", "k0", 10, 0, "keys")]
    [TestCase("k/", "k0", Keys, 0, "")]
    [TestCase("k/", "k0", Keys + 5, 0, "")]
    [TestCase("k/", "k0", 0, 100, "keys")]
    [TestCase("k/", "k0", 50, 100, "")]
    [TestCase("k/", "k0", 0, 0, "count")]
    [TestCase("k/", "k0", 5, 0, "count")]
    [TestCase("k/0005", "", 0, 0, "")]
    [TestCase("nosuch", "", 0, 0, "")]
    [TestCase("x", "y", 0, 0, "")]
    [TestCase("y", "x", 0, 0, "")]
    [TestCase("k/", "\0", 0, 0, "keys")]
    public async Task Chunks_Merged_AreTheUnaryAnswer(
        string key, string end, long limit, long revision, string only)
    {
        var request = new RangeRequest
        {
            Key = Utf8(key),
            RangeEnd = Utf8(end),
            Limit = limit,
            Revision = revision,
            CountOnly = only == "count",
            KeysOnly = only == "keys",
        };
        RangeResponse expected = await _node.CallAsync("/etcdserverpb.KV/Range", request, RangeResponse.Parser);
        List<RangeResponse> chunks = await StreamAsync(request);
        var merged = new RangeResponse();
        chunks.ForEach(merged.MergeFrom);
        Assert.Multiple(() =>
        {
            Assert.That(merged, Is.EqualTo(expected));
            Assert.That(chunks.SkipLast(1).All(chunk => chunk.Header is null && chunk.Count == 0), Is.True);
            Assert.That(chunks[^1].Header, Is.Not.Null);
        });
    }

    [Test]
    public async Task Chunks_LargeValuesBehindManySmallOnes_StaySmall()
    {
        await using TestNode node = await TestNode.StartAsync();
        for (int key = 0; key < 120; key++)
        {
            int bytes = key < 100 ? 1 : 1 << 20;
            await node.CallAsync(
                "/etcdserverpb.KV/Put",
                new PutRequest { Key = Utf8($"k/{key:d4}"), Value = ByteString.CopyFrom(new byte[bytes]) },
                PutResponse.Parser);
        }

        var request = new RangeRequest { Key = Utf8("k/"), RangeEnd = Utf8("k0") };
        List<RangeResponse> chunks = await StreamAsync(request, node);
        Assert.Multiple(() =>
        {
            Assert.That(chunks.Max(chunk => chunk.CalculateSize()), Is.LessThan(5 << 20));
            Assert.That(chunks.Sum(chunk => chunk.Kvs.Count), Is.EqualTo(120));
        });
    }

    [Test]
    public async Task Chunks_OfAll_GrowFromTen()
    {
        List<RangeResponse> chunks = await StreamAsync(new RangeRequest { Key = Utf8("k/"), RangeEnd = Utf8("k0") });
        Assert.That(
            chunks.Select(chunk => chunk.Kvs.Count), Is.EqualTo(new[] { 10, 20, 40, 80, 150 }));
    }

    [TestCase(RangeRequest.Types.SortOrder.Descend, RangeRequest.Types.SortTarget.Key, 0L)]
    [TestCase(RangeRequest.Types.SortOrder.Ascend, RangeRequest.Types.SortTarget.Key, 0L)]
    [TestCase(RangeRequest.Types.SortOrder.None, RangeRequest.Types.SortTarget.Mod, 0L)]
    [TestCase(RangeRequest.Types.SortOrder.None, RangeRequest.Types.SortTarget.Key, 5L)]
    public async Task Order_OrFilter_IsUnimplemented(
        RangeRequest.Types.SortOrder order, RangeRequest.Types.SortTarget target, long minimum)
    {
        var request = new RangeRequest
        {
            Key = Utf8("k/"),
            RangeEnd = Utf8("k0"),
            SortOrder = order,
            SortTarget = target,
            MinModRevision = minimum,
        };
        RpcStatus status = await _node.SendBytesAsync("/etcdserverpb.KV/RangeStream", request.ToByteArray());
        Assert.That(status.Code, Is.EqualTo(StatusCode.Unimplemented));
    }

    [Test]
    public async Task Revision_OfTheFuture_IsOutOfRange()
    {
        var request = new RangeRequest { Key = Utf8("k/"), RangeEnd = Utf8("k0"), Revision = 1_000_000 };
        Assert.That(
            await _node.SendBytesAsync("/etcdserverpb.KV/RangeStream", request.ToByteArray()),
            Is.EqualTo(EtcdErrors.FutureRevision));
    }

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);

    private async Task<List<RangeResponse>> StreamAsync(RangeRequest request, TestNode? node = null)
    {
        await using RpcClientStream stream = (node ?? _node).Channel.OpenStream(
            "/etcdserverpb.KV/RangeStream", new RpcCallOptions { Timeout = TimeSpan.FromSeconds(60) });
        await stream.SendAsync(request);
        stream.CompleteSending();
        List<RangeResponse> chunks = [];
        while (await stream.ReadAsync(RangeStreamResponse.Parser) is { Message: { } message })
        {
            chunks.Add(message.RangeResponse);
        }

        Assert.That(stream.Status, Is.EqualTo(RpcStatus.OK));
        return chunks;
    }
}
