using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Goal: on a disk that is really small the way into NOSPACE, and the way out of it, are etcd's.</summary>
internal sealed class DiskFullTests
{
    private const int FileSystemMebibytes = 768;
    private const int ValueBytes = 1 << 20;

    /// <summary>A call that gave up would look as if the disk were not full: hanging fails, slowness never.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Test]
    public async Task Disk_Filled_RaisesNoSpace_AndServesAgainAfterCompactionAndDisarm()
    {
        using SmallFileSystem? small = SmallFileSystem.TryMount(FileSystemMebibytes);
        if (small is null)
        {
            Assert.Ignore("mounting a small file system needs root");
        }

        // The server waits for an outcome for 5 s and two election timeouts (etcd 3.5, ReqTimeout): as long as it goes.
        await using TestNode node = await TestNode.StartInAsync(
            Path.Combine(small!.Path, "data"), "--election-timeout=50000");
        RpcStatus status = RpcStatus.OK;
        int stored = 0;
        for (; stored < FileSystemMebibytes && status.IsOK; stored++)
        {
            status = await PutAsync(node, stored % 10);
        }

        Assert.That(status, Is.EqualTo(EtcdErrors.NoSpace), $"after {stored} puts");
        var get = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get };
        AlarmResponse raised = await node.CallAsync(
            "/etcdserverpb.Maintenance/Alarm", get, AlarmResponse.Parser);
        Assert.That(raised.Alarms.Single().Alarm, Is.EqualTo(AlarmType.Nospace));
        var delete = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("key-0") };
        DeleteRangeResponse deleted = await node.CallAsync(
            "/etcdserverpb.KV/DeleteRange", delete, DeleteRangeResponse.Parser);
        await node.CallAsync(
            "/etcdserverpb.KV/Compact",
            new CompactionRequest { Revision = deleted.Header.Revision },
            CompactionResponse.Parser);
        Assert.That(await PutAsync(node, 1), Is.EqualTo(EtcdErrors.NoSpace), "only disarming ends an alarm");
        await DisarmUntilItFitsAsync(node, raised.Alarms.Single());
    }

    /// <summary>Space comes back in background: until then the alarm is raised again at once.</summary>
    private static async Task DisarmUntilItFitsAsync(TestNode node, AlarmMember alarm)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var disarm = new AlarmRequest
        {
            Action = AlarmRequest.Types.AlarmAction.Deactivate,
            Alarm = alarm.Alarm,
            MemberID = alarm.MemberID,
        };
        RpcStatus status = EtcdErrors.NoSpace;
        for (int fitting = 0; fitting < 20;)
        {
            Assert.That(deadline.IsCancellationRequested, Is.False, status.ToString());
            await node.CallAsync("/etcdserverpb.Maintenance/Alarm", disarm, AlarmResponse.Parser);
            status = await PutAsync(node, 1);
            fitting += status.IsOK ? 1 : 0;
        }
    }

    private static Task<RpcStatus> PutAsync(TestNode node, int key)
    {
        var put = new PutRequest
        {
            Key = ByteString.CopyFromUtf8($"key-{key}"),
            Value = ByteString.CopyFrom(new byte[ValueBytes]),
        };
        return node.SendBytesAsync("/etcdserverpb.KV/Put", put.ToByteArray(), Patience);
    }
}
