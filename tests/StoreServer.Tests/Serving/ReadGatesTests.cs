using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>
/// Who asks for much waits while the memory for it is taken, and who asks for little does not; through the server.
/// </summary>
internal sealed class ReadGatesTests
{
    private const string Txn = "/etcdserverpb.KV/Txn";
    private const int WholeReadsMax = 4;

    private static readonly AnswerSize AllMemory = new(1L << 50, IsExact: true);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly RequestOp List = new()
    {
        RequestRange = new RangeRequest { Key = Key("k"), RangeEnd = Key("l") },
    };

    private static readonly RequestOp Put = new()
    {
        RequestPut = new PutRequest { Key = Key("marker"), Value = Key("set") },
    };

    private static readonly RequestOp Single = new() { RequestRange = new RangeRequest { Key = Key("k1") } };

    private static IEnumerable<TestCaseData> WideRequests()
    {
        var list = new RangeRequest { Key = Key("k"), RangeEnd = Key("l") };
        yield return Case("/etcdserverpb.KV/Range", list, "a list");
        yield return Case(Txn, new TxnRequest { Success = { Single, List } }, "a transaction that lists");
        var isNew = new Compare { Key = Key("k1"), Target = Compare.Types.CompareTarget.Version, Version = 0 };
        var writes = new TxnRequest { Compare = { isNew }, Failure = { Put, List } };
        yield return Case(Txn, writes, "a transaction that lists and writes");
        var inner = new RequestOp { RequestTxn = new TxnRequest { Success = { Put, List } } };
        yield return Case(Txn, new TxnRequest { Success = { inner } }, "a transaction inside another");
        var delete = new DeleteRangeRequest { Key = Key("k"), RangeEnd = Key("l"), PrevKv = true };
        yield return Case("/etcdserverpb.KV/DeleteRange", delete, "a deletion that returns what it deletes");
    }

    private static IEnumerable<TestCaseData> NarrowRequests()
    {
        yield return Case(Txn, new TxnRequest { Success = { Put }, Failure = { Single } }, "Kubernetes' transaction");
        var page = new RangeRequest { Key = Key("k"), RangeEnd = Key("l"), Limit = 500 };
        yield return Case(Txn, new TxnRequest { Success = { new RequestOp { RequestRange = page } } }, "a page");
        var delete = new DeleteRangeRequest { Key = Key("k"), RangeEnd = Key("l") };
        yield return Case("/etcdserverpb.KV/DeleteRange", delete, "a deletion");
    }

    [TestCaseSource(nameof(WideRequests))]
    public async Task Wide_MemoryTaken_WaitsForIt(string method, byte[] request)
    {
        await using TestNode node = await FilledAsync();
        ReadGates gates = node.Node.Gates;
        Task<RpcStatus> call;
        using (await gates.EnterWideAsync(AllMemory, CancellationToken.None))
        {
            call = node.SendBytesAsync(method, request);
            await WaitsAsync(call, () => gates.WideWaiting == 1);
        }

        Assert.That(await call.WaitAsync(Deadline), Is.EqualTo(RpcStatus.OK));
    }

    [TestCaseSource(nameof(NarrowRequests))]
    public async Task Narrow_MemoryTaken_RunsAtOnce(string method, byte[] request)
    {
        await using TestNode node = await FilledAsync();
        using (await node.Node.Gates.EnterWideAsync(AllMemory, CancellationToken.None))
        {
            Assert.That(await node.SendBytesAsync(method, request).WaitAsync(Deadline), Is.EqualTo(RpcStatus.OK));
        }
    }

    [TestCase("/etcdserverpb.Maintenance/HashKV")]
    [TestCase("/etcdserverpb.Maintenance/Snapshot")]
    public async Task Whole_FourRun_TheFifthWaits(string method)
    {
        await using TestNode node = await FilledAsync();
        ReadGates gates = node.Node.Gates;
        var turns = new Stack<IDisposable>();
        while (turns.Count < WholeReadsMax)
        {
            // Beside up to three there is room.
            Assert.That(await CallAsync(), Is.EqualTo(RpcStatus.OK));
            turns.Push((await gates.EnterWholeAsync(CancellationToken.None))!);
        }

        Task<RpcStatus> fifth = CallAsync();
        await WaitsAsync(fifth, () => gates.WholeWaiting == 1);
        turns.Pop().Dispose();
        Assert.That(await fifth, Is.EqualTo(RpcStatus.OK));

        Task<RpcStatus> CallAsync() => node.SendBytesAsync(method, ReadOnlyMemory<byte>.Empty).WaitAsync(Deadline);
    }

    /// <summary>Until the call waits; one that does not ends first.</summary>
    private static async Task WaitsAsync(Task call, Func<bool> waits)
    {
        using var patience = new CancellationTokenSource(Deadline);
        while (!waits() && !call.IsCompleted)
        {
            await Task.Delay(1, patience.Token);
        }

        Assert.That(call.IsCompleted, Is.False, "it was let in");
    }

    private static async Task<TestNode> FilledAsync()
    {
        TestNode node = await TestNode.StartAsync();
        for (int index = 0; index < 5; index++)
        {
            var put = new PutRequest { Key = Key($"k{index}"), Value = ByteString.CopyFrom(new byte[1000]) };
            await node.CallAsync("/etcdserverpb.KV/Put", put, PutResponse.Parser);
        }

        return node;
    }

    private static TestCaseData Case(string method, IMessage request, string name) =>
        new TestCaseData(method, request.ToByteArray()).SetArgDisplayNames(name);

    private static ByteString Key(string key) => ByteString.CopyFromUtf8(key);
}
