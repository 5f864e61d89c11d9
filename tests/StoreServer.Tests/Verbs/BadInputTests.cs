using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Verbs;

/// <summary>Goal: whatever bytes come, every RPC answers with a status and the node goes on.</summary>
internal sealed class BadInputTests
{
    private static readonly string[] Methods =
    [
        "/etcdserverpb.KV/Range", "/etcdserverpb.KV/Put", "/etcdserverpb.KV/DeleteRange", "/etcdserverpb.KV/Txn",
        "/etcdserverpb.KV/Compact", "/etcdserverpb.KV/RangeStream", "/etcdserverpb.Watch/Watch",
        "/etcdserverpb.Lease/LeaseGrant", "/etcdserverpb.Lease/LeaseRevoke",
        "/etcdserverpb.Lease/LeaseKeepAlive", "/etcdserverpb.Lease/LeaseTimeToLive",
        "/etcdserverpb.Lease/LeaseLeases", "/etcdserverpb.Cluster/MemberList", "/etcdserverpb.Maintenance/Status",
        "/etcdserverpb.Maintenance/Alarm", "/etcdserverpb.Maintenance/Defragment", "/etcdserverpb.Maintenance/Hash",
        "/etcdserverpb.Maintenance/HashKV", "/etcdserverpb.Maintenance/Snapshot",
        "/grpc.health.v1.Health/Check",
    ];

    // A watch stream stays open behind a request that means something, as it should.
    private static readonly string[] MethodsThatEnd =
        [.. Methods.Where(method => !method.EndsWith("/Watch", StringComparison.Ordinal))];

    private TestNode _node = null!;

    [OneTimeSetUp]
    public async Task OneTimeSetUp() => _node = await TestNode.StartAsync();

    [OneTimeTearDown]
    public async Task OneTimeTearDown() => await _node.DisposeAsync();

    [TestCaseSource(nameof(Methods))]
    public async Task Message_Malformed_IsInternal(string method)
    {
        foreach (byte[] bytes in new byte[][] { [0xFF], [0x0A, 0x05, 0x61], [0x0B], [0x00, 0x00], [0x0A, 0xFF, 0xFF] })
        {
            Assert.That(
                await _node.SendBytesAsync(method, bytes), Is.EqualTo(RpcStatus.MalformedRequest),
                Convert.ToHexString(bytes));
        }
    }

    [TestCaseSource(nameof(MethodsThatEnd))]
    public async Task Message_OfRandomBytes_EndsWithAStatus(string method)
    {
        var random = new Random(20261121);
        for (int round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            RpcStatus status = await _node.SendBytesAsync(method, bytes);
            Assert.That(
                status.Message, Is.Not.EqualTo("internal error"),
                $"the handler failed on {Convert.ToHexString(bytes)}");
        }
    }

    [Test]
    public async Task Message_WithUnknownFields_IsServed()
    {
        var request = new PutRequest { Key = ByteString.CopyFromUtf8("unknown-fields") };
        byte[] put = [.. request.ToByteArray(), 0x9A, 0x3E, 1, 0];
        Assert.That(await _node.SendBytesAsync("/etcdserverpb.KV/Put", put), Is.EqualTo(RpcStatus.OK));
    }

    [Test]
    public async Task Message_NestedDeeply_IsRefused()
    {
        byte[] txn = [];
        for (int depth = 0; depth < 2000; depth++)
        {
            txn = Wrap(txn);
        }

        RpcStatus status = await _node.SendBytesAsync("/etcdserverpb.KV/Txn", txn);
        Assert.That(status.Code, Is.Not.EqualTo(StatusCode.OK).And.Not.EqualTo(StatusCode.Unknown));
    }

    [TestCase("/etcdserverpb.KV/Nosuch", "unknown method Nosuch for service etcdserverpb.KV")]
    [TestCase("/etcdserverpb.Auth/AuthEnable", "unknown service etcdserverpb.Auth")]
    [TestCase("/v3lockpb.Lock/Lock", "unknown service v3lockpb.Lock")]
    [TestCase(
        "/etcdserverpb.Maintenance/Downgrade", "unknown method Downgrade for service etcdserverpb.Maintenance")]
    public async Task Method_NotServed_IsUnimplemented(string method, string text) =>
        Assert.That(
            await _node.SendBytesAsync(method, Array.Empty<byte>()),
            Is.EqualTo(new RpcStatus(StatusCode.Unimplemented, text)));

    [Test]
    public async Task Request_TooLarge_IsRefused()
    {
        var put = new PutRequest
        {
            Key = ByteString.CopyFromUtf8("large"),
            Value = ByteString.CopyFrom(new byte[1_572_864]),
        };
        Assert.That(
            await _node.SendBytesAsync("/etcdserverpb.KV/Put", put.ToByteArray()),
            Is.EqualTo(EtcdErrors.RequestTooLarge));
    }

    /// <summary>One more transaction around an encoded one: TxnRequest.success { RequestOp.request_txn }.</summary>
    private static byte[] Wrap(byte[] inner) => Field(2, Field(4, inner));

    private static byte[] Field(int number, byte[] bytes)
    {
        using var output = new MemoryStream();
        var coded = new CodedOutputStream(output);
        coded.WriteTag(number, WireFormat.WireType.LengthDelimited);
        coded.WriteBytes(ByteString.CopyFrom(bytes));
        coded.Flush();
        return output.ToArray();
    }
}
