using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility;

/// <summary>
/// Messages that no client library would send, as raw bytes to a real etcd and to ours: unions with several arms,
/// fields given twice, damage behind them. Answer and what it leaves in the store must be the same.
/// </summary>
public sealed class WireDetailTests
{
    private const string Txn = "KV/Txn";
    private EtcdProcess _etcd = null!;
    private StoreProcess _store = null!;
    private EtcdConnection _toEtcd = null!;
    private EtcdConnection _toStore = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _etcd = EtcdProcess.StartNew();
        _store = StoreProcess.StartNew();
        _toEtcd = new EtcdConnection(_etcd.Endpoint);
        _toStore = new EtcdConnection(_store.Endpoint);
        byte[] first = Put("first", "v").ToArray();
        _ = _toEtcd.CallAsync("KV/Put", first).Result;
        _ = _toStore.CallAsync("KV/Put", first).Result;
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _toEtcd?.Dispose();
        _toStore?.Dispose();
        _etcd?.Dispose();
        _store?.Dispose();
    }

    [TestCaseSource(nameof(UnaryCalls))]
    public async Task Call_OfRawBytes_EndsAsWithRealEtcd(string method, byte[] message)
    {
        WireAnswer expected = await _toEtcd.CallAsync(method, message);
        WireAnswer actual = await _toStore.CallAsync(method, message);
        byte[] everything = Range("\0", "\0").ToArray();
        WireAnswer expectedState = await _toEtcd.CallAsync("KV/Range", everything);
        WireAnswer actualState = await _toStore.CallAsync("KV/Range", everything);
        Assert.Multiple(() =>
        {
            Assert.That(actual.Comparable, Is.EqualTo(expected.Comparable));
            Assert.That(actualState.Comparable, Is.EqualTo(expectedState.Comparable));
        });
    }

    // Nothing here compacts: a watch from the past sees the first put.
    [TestCaseSource(nameof(Watches))]
    public async Task Watch_OfRawBytes_BeginsAsWithRealEtcd(byte[] message, int answers)
    {
        List<byte[]> expected = await _toEtcd.ReadStreamAsync("Watch/Watch", message, answers);
        List<byte[]> actual = await _toStore.ReadStreamAsync("Watch/Watch", message, answers);
        Assert.That(
            actual.Select(WireAnswer.Comparably), Is.EqualTo(expected.Select(WireAnswer.Comparably)));
    }

    private static IEnumerable<TestCaseData> UnaryCalls()
    {
        MessageBytes put = Arm(2, Put("k", "v"));
        MessageBytes range = Arm(1, Range("k", ""));
        MessageBytes delete = Arm(3, Range("absent", ""));
        MessageBytes nested = Arm(4, TxnOf(Arm(2, Put("n", "v"))));
        MessageBytes empty = Arm(2, Put("", "v"));
        byte[] damaged = [0x12, 0x02, 0x0A, 0x05];
        yield return Case("put, then range", Txn, TxnOf(Both(put, range)));
        yield return Case("range, then put", Txn, TxnOf(Both(range, put)));
        yield return Case("two puts", Txn, TxnOf(Both(put, Arm(2, Put("k", "w")))));
        yield return Case("put in two parts", Txn, TxnOf(Both(Arm(2, Put("p", "")), Arm(2, new MessageBytes()
            .Bytes(2, "w")))));
        yield return Case("put, then delete", Txn, TxnOf(Both(put, delete)));
        yield return Case("delete, then put", Txn, TxnOf(Both(delete, put)));
        yield return Case("transaction, then put", Txn, TxnOf(Both(nested, put)));
        yield return Case("put, then transaction", Txn, TxnOf(Both(put, nested)));
        yield return Case("put without a key, then range", Txn, TxnOf(Both(empty, range)));
        yield return Case("range, then put without a key", Txn, TxnOf(Both(range, empty)));
        yield return Case("same key in a losing arm", Txn, TxnOf(Both(put, range), Arm(2, Put("k", "x"))));
        yield return Case("same key in a winning arm", Txn, TxnOf(Both(range, put), Arm(2, Put("k", "x"))));
        yield return Case("arm, then an unknown field", Txn, TxnOf(Both(put, new MessageBytes().Int64(99, 1))));
        yield return Case("no arm at all", Txn, TxnOf(new MessageBytes()));
        yield return Case("empty arm", Txn, TxnOf(new MessageBytes().Present(1, "")));
        yield return Case("damaged arm, then range", Txn, TxnOf(new MessageBytes().Then(damaged).Then(range)));
        yield return Case("range, then damaged arm", Txn, TxnOf(Both(range, new MessageBytes().Then(damaged))));
        yield return Case("arm of the wrong wire type", Txn, TxnOf(Both(new MessageBytes().Int64(1, 5), put)));
        yield return Case("damaged transaction, then range", Txn, TxnOf(Both(
            Arm(4, TxnOf(new MessageBytes().Then(damaged))), range)));
        yield return Case("put without a key, then damage", Txn, TxnOf(empty, new MessageBytes().Then(damaged)));
        yield return Case("damaged operation in a branch not taken", Txn, new MessageBytes()
            .Message(2, put).Message(3, new MessageBytes().Then(damaged)));
        foreach ((string name, MessageBytes union) in Unions())
        {
            yield return Case("compare with " + name, Txn, new MessageBytes().Message(1, union)
                .Message(2, Arm(2, Put("c", name))).Message(3, Arm(2, Put("c", "not " + name))));
        }

        foreach ((string name, string method, MessageBytes message) in Repeated())
        {
            yield return Case(name, method, message);
        }
    }

    /// <summary>Compares of key k whose union has several arms, or another than its target says.</summary>
    private static IEnumerable<(string Name, MessageBytes Compare)> Unions()
    {
        yield return ("version, then value", Compare(0).Int64(4, 1).Bytes(7, "v"));
        yield return ("value, then version", Compare(0).Bytes(7, "v").Present(4, 0));
        yield return ("value arm for a version", Compare(0).Bytes(7, "v"));
        yield return ("version arm for a value", Compare(3).Int64(4, 1));
        yield return ("empty value, then version", Compare(3).Present(7, "").Int64(4, 1));
        yield return ("two versions", Compare(0).Int64(4, 77).Present(4, 0));
        yield return ("lease arm of zero", Compare(4).Present(8, 0));
        yield return ("unknown target", Compare(9).Int64(4, 1));
        yield return ("unknown result", new MessageBytes().Int64(1, 9).Bytes(3, "k"));
    }

    private static IEnumerable<(string Name, string Method, MessageBytes Message)> Repeated()
    {
        yield return ("put with two keys", "KV/Put", Put("first", "v").Then(Put("second", "w")));
        yield return ("put with a key and an empty one", "KV/Put", Put("first", "v").Present(1, ""));
        yield return ("put with a group", "KV/Put", Put("g", "v").Then(0xAB, 0x06, 0xAC, 0x06));
        yield return ("put with an open group", "KV/Put", Put("g", "v").Then(0xAB, 0x06));
        yield return ("put with field zero", "KV/Put", Put("g", "v").Then(0x02, 0x00));
        yield return ("put with a key of the wrong type", "KV/Put", Put("g", "v").Then(0x08, 0x01));
        yield return ("put with a long varint", "KV/Put", Put("g", "v")
            .Then(0x20, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00));
        yield return ("put with a boolean of 2", "KV/Put", Put("g", "w").Present(4, 2));
        yield return ("range with two limits", "KV/Range", Range("\0", "\0").Int64(3, 5).Int64(3, 1));
        yield return ("range with a limit below zero", "KV/Range", Range("\0", "\0").Int64(3, -1));
        yield return ("range with a negative revision", "KV/Range", Range("\0", "\0").Int64(4, -9));
        yield return ("delete with a flag of 300", "KV/DeleteRange", Range("first", "").Present(3, 300));
        yield return ("compaction of a negative revision", "KV/Compact", new MessageBytes().Int64(1, -5));
        yield return ("lease of a negative id", "Lease/LeaseGrant", new MessageBytes().Int64(1, 60).Int64(2, -7));
        yield return ("lease without a time", "Lease/LeaseGrant", new MessageBytes().Int64(2, 9));
        yield return ("lease of a negative time", "Lease/LeaseGrant", new MessageBytes().Int64(1, -60).Int64(2, 11));
        yield return ("lease of too long a time", "Lease/LeaseGrant", new MessageBytes()
            .Int64(1, 9_000_000_001).Int64(2, 8));
    }

    private static IEnumerable<TestCaseData> Watches()
    {
        yield return Watch("from a negative revision", Create(Range("first", "").Int64(3, -1)), 1);
        yield return Watch("from the smallest revision", Create(Range("first", "").Int64(3, long.MinValue)), 1);
        yield return Watch("of nothing", Create(new MessageBytes()), 1);
        yield return Watch("of an empty range", Create(Range("k", "a")), 1);
        yield return Watch("with a negative id", Create(Range("k", "").Int64(7, -3)), 1);
        yield return Watch("with an id", Create(Range("k", "").Int64(7, 42)), 1);
        yield return Watch("with an unknown filter", Create(Range("k", "").Int64(5, 9)), 1);
        yield return Watch("from the first revision", Create(Range("none", "").Int64(3, 1)), 1);
        yield return Watch("in a second arm", new MessageBytes()
            .Message(2, new MessageBytes().Int64(1, 5)).Then(Create(Range("k", ""))), 1);
    }

    private static MessageBytes Put(string key, string value) => new MessageBytes().Bytes(1, key).Bytes(2, value);

    private static MessageBytes Range(string key, string end) => new MessageBytes().Bytes(1, key).Bytes(2, end);

    /// <summary>Equal to what the union says.</summary>
    private static MessageBytes Compare(long target) => new MessageBytes().Int64(2, target).Bytes(3, "k");

    private static MessageBytes Arm(int field, MessageBytes request) => new MessageBytes().Message(field, request);

    private static MessageBytes Both(MessageBytes first, MessageBytes second) =>
        new MessageBytes().Then(first).Then(second);

    private static MessageBytes TxnOf(params MessageBytes[] operations) =>
        operations.Aggregate(new MessageBytes(), (txn, operation) => txn.Message(2, operation));

    private static MessageBytes Create(MessageBytes request) => new MessageBytes().Message(1, request);

    private static TestCaseData Case(string name, string method, MessageBytes message) =>
        new TestCaseData(method, message.ToArray()).SetArgDisplayNames(name);

    private static TestCaseData Watch(string name, MessageBytes message, int answers) =>
        new TestCaseData(message.ToArray(), answers).SetArgDisplayNames(name);
}
