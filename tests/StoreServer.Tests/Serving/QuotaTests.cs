using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Goal: a full store refuses what stores more and nothing else, and serves again when disarmed.</summary>
internal sealed class QuotaTests
{
    private const string Put = "/etcdserverpb.KV/Put";

    [Test]
    public async Task Store_OverItsQuota_RefusesWhatStoresMore_AndNothingElse()
    {
        await using TestNode node = await TestNode.StartAsync("--quota-backend-bytes", "300000");
        RpcStatus status = RpcStatus.OK;
        for (int count = 0; count < 100 && status.IsOK; count++)
        {
            status = await node.SendBytesAsync(Put, Value(10_000).ToByteArray());
        }

        Assert.That(status, Is.EqualTo(EtcdErrors.NoSpace));
        AlarmResponse raised = await AlarmAsync(node, AlarmRequest.Types.AlarmAction.Get);
        var lease = new LeaseGrantRequest { TTL = 60 };
        var delete = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("k") };
        Assert.Multiple(async () =>
        {
            Assert.That(raised.Alarms.Single().Alarm, Is.EqualTo(AlarmType.Nospace));
            Assert.That(await node.SendBytesAsync(Put, Value(1).ToByteArray()), Is.EqualTo(EtcdErrors.NoSpace));
            Assert.That(
                await node.SendBytesAsync("/etcdserverpb.Lease/LeaseGrant", lease.ToByteArray()),
                Is.EqualTo(EtcdErrors.NoSpace));
            Assert.That(
                await node.SendBytesAsync("/etcdserverpb.KV/DeleteRange", delete.ToByteArray()),
                Is.EqualTo(RpcStatus.OK));
        });
    }

    [Test]
    public async Task Alarm_Disarmed_LetsWritesThrough()
    {
        await using TestNode node = await TestNode.StartAsync();
        await AlarmAsync(node, AlarmRequest.Types.AlarmAction.Activate);
        RpcStatus refused = await node.SendBytesAsync(Put, Value(1).ToByteArray());
        await AlarmAsync(node, AlarmRequest.Types.AlarmAction.Deactivate);
        Assert.Multiple(async () =>
        {
            Assert.That(refused, Is.EqualTo(EtcdErrors.NoSpace));
            Assert.That(await node.SendBytesAsync(Put, Value(1).ToByteArray()), Is.EqualTo(RpcStatus.OK));
        });
    }

    private static PutRequest Value(int bytes) =>
        new() { Key = ByteString.CopyFromUtf8("k"), Value = ByteString.CopyFrom(new byte[bytes]) };

    private static Task<AlarmResponse> AlarmAsync(TestNode node, AlarmRequest.Types.AlarmAction action) =>
        node.CallAsync(
            "/etcdserverpb.Maintenance/Alarm",
            new AlarmRequest { Action = action, MemberID = 7, Alarm = AlarmType.Nospace },
            AlarmResponse.Parser);
}
