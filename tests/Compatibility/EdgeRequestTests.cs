using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility;

/// <summary>
/// Requests at the edges of what messages can say, one after the other, to a real etcd and to ours: after each one the
/// answer and everything in the store must be the same. Of alarms and compactions the order matters.
/// </summary>
/// <remarks>
/// Left out is what etcd 3.5 is known not to survive or to forget: an unknown sort target ends it (3.6 answers "invalid
/// sort option", as ours does), disarming one of two kinds of alarms lets everything pass, and the hash it took during
/// a compaction at revision 0 is answered for ever.
/// </remarks>
public sealed class EdgeRequestTests
{
    private const string Put = "KV/Put";
    private const string Range = "KV/Range";
    private const string Delete = "KV/DeleteRange";
    private const string Txn = "KV/Txn";
    private const string Compact = "KV/Compact";
    private const string Alarm = "Maintenance/Alarm";
    private const string HashKV = "Maintenance/HashKV";

    private static readonly (string Name, string Method, MessageBytes Message)[] Keys =
    [
        ("put", Put, Key("a").Bytes(2, "1")),
        ("put again", Put, Key("a").Bytes(2, "2")),
        ("put another", Put, Key("b").Bytes(2, "")),
        ("ignored value and a value", Put, Key("a").Bytes(2, "3").Int64(5, 1)),
        ("ignored value of a missing key", Put, Key("missing").Int64(5, 1)),
        ("ignored value", Put, Key("a").Int64(5, 1).Int64(4, 1)),
        ("ignored lease and a lease", Put, Key("a").Int64(3, 7).Int64(6, 1)),
        ("ignored lease of a missing key", Put, Key("missing").Bytes(2, "x").Int64(6, 1)),
        ("both ignored", Put, Key("a").Int64(5, 1).Int64(6, 1)),
        ("both ignored, both given", Put, Key("a").Bytes(2, "x").Int64(3, 7).Int64(5, 1).Int64(6, 1)),
        ("no key, value ignored and given", Put, new MessageBytes().Bytes(2, "x").Int64(5, 1)),
        ("negative lease", Put, Key("a").Bytes(2, "x").Int64(3, -1)),
        ("unknown lease", Put, Key("a").Bytes(2, "x").Int64(3, 12345)),
        ("range without a key", Range, new MessageBytes()),
        ("range without a key to an end", Range, new MessageBytes().Bytes(2, "\0")),
        ("order beyond 32 bits", Range, All().Int64(5, 1L << 32)),
        ("negative limit", Range, All().Int64(3, -1)),
        ("smallest limit", Range, All().Int64(3, long.MinValue)),
        ("largest limit", Range, All().Int64(3, long.MaxValue)),
        ("largest limit, descending", Range, All().Int64(3, long.MaxValue).Int64(5, 2)),
        ("negative limit, by value", Range, All().Int64(3, -5).Int64(6, 4)),
        ("limit of all, by value", Range, All().Int64(3, 2).Int64(6, 4)),
        ("limit of one, by value", Range, All().Int64(3, 1).Int64(6, 4)),
        ("count with a limit", Range, All().Int64(3, 1).Int64(9, 1)),
        ("count with a negative limit", Range, All().Int64(3, -1).Int64(9, 1)),
        ("count and keys only", Range, All().Int64(8, 1).Int64(9, 1)),
        ("count, by value", Range, All().Int64(5, 2).Int64(6, 4).Int64(9, 1)),
        ("count of created revisions", Range, All().Int64(9, 1).Int64(12, 3)),
        ("keys only, by value", Range, All().Int64(5, 1).Int64(6, 4).Int64(8, 1)),
        ("negative filters", Range, All().Int64(10, -1).Int64(11, -1).Int64(12, -1).Int64(13, -1)),
        ("filters that exclude", Range, All().Int64(10, 9).Int64(11, 1)),
        ("filter and limit", Range, All().Int64(3, 1).Int64(10, 3)),
        ("largest revision", Range, All().Int64(4, long.MaxValue)),
        ("revision 1", Range, All().Int64(4, 1)),
        ("count of revision 2", Range, All().Int64(4, 2).Int64(9, 1)),
        ("count of a future revision", Range, All().Int64(4, 99).Int64(9, 1)),
        ("end before the key", Range, Key("b").Bytes(2, "a").Int64(9, 1)),
        ("end equal to the key", Range, Key("a").Bytes(2, "a")),
        ("end of zero bytes twice", Range, Key("a").Bytes(2, "\0\0")),
        ("key of a zero byte", Range, Key("\0")),
        ("delete without a key", Delete, new MessageBytes().Bytes(2, "\0")),
        ("delete backwards", Delete, Key("b").Bytes(2, "a").Int64(3, 1)),
        ("delete of nothing", Delete, Key("x").Bytes(2, "y").Int64(3, 1)),
        ("put in a branch of a lease that is not there", Txn, Then(2, Key("t").Bytes(2, "x").Int64(3, 5))),
        ("negative revision in a transaction", Txn, Then(1, All().Int64(4, -7))),
        ("future revision in a transaction", Txn, Then(1, All().Int64(4, 999))),
        ("negative limit in a transaction", Txn, Then(1, All().Int64(3, -2))),
        ("compare without a key", Txn, new MessageBytes().Message(1, new MessageBytes().Int64(2, 0))),
        ("compare of a range", Txn, new MessageBytes().Message(1, All(keyField: 3, endField: 64).Int64(4, 2))),
        ("compare of an empty range", Txn, new MessageBytes()
            .Message(1, new MessageBytes().Bytes(3, "x").Bytes(64, "y").Int64(4, 2))),
        ("compare of a range by value", Txn, new MessageBytes()
            .Message(1, All(keyField: 3, endField: 64).Int64(2, 3).Int64(1, 3).Bytes(7, "zz"))),
        ("negative result", Txn, new MessageBytes().Message(1, new MessageBytes().Int64(1, -1).Bytes(3, "a"))),
        ("negative target in a compare", Txn, new MessageBytes()
            .Message(1, new MessageBytes().Int64(2, -1).Bytes(3, "a"))),
        ("put of more than a request", Put, Key("a").Bytes(2, new string('v', 1_600_000))),
        ("put of more than a message", Put, Key("a").Bytes(2, new string('v', 2_200_000))),
        ("transaction of more than a request", Txn, Then(2, Key("a").Bytes(2, new string('v', 1_600_000)))),
        ("range of more than a request", Range, Key(new string('k', 1_600_000))),
        ("deletion of more than a request", Delete, Key(new string('k', 1_600_000))),
        ("compare of more than a request", Txn, new MessageBytes()
            .Message(1, new MessageBytes().Int64(2, 3).Bytes(3, new string('k', 1_600_000)))),
        ("unknown method", "KV/Nothing", Key("a")),
        ("unknown service", "Nothing/Range", Key("a")),
        ("delete all", Delete, All().Int64(3, 1)),
        ("delete all again", Delete, All().Int64(3, 1)),
    ];

    private static readonly (string Name, string Method, MessageBytes Message)[] Leases =
    [
        ("negative id", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, -7)),
        ("the same id", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, -7)),
        ("smallest id", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, long.MinValue)),
        ("largest time", "Lease/LeaseGrant", new MessageBytes().Int64(1, 9_000_000_000).Int64(2, 5)),
        ("a longer time", "Lease/LeaseGrant", new MessageBytes().Int64(1, 9_000_000_001).Int64(2, 6)),
        ("longest time of a known id", "Lease/LeaseGrant", new MessageBytes().Int64(1, long.MaxValue).Int64(2, 5)),
        ("negative time", "Lease/LeaseGrant", new MessageBytes().Int64(1, long.MinValue).Int64(2, 8)),
        ("put on a negative id", Put, Key("leased").Int64(3, -7)),
        ("put on the smallest id", Put, Key("leased too").Int64(3, long.MinValue)),
        ("time of nothing", "Lease/LeaseTimeToLive", new MessageBytes()),
        ("time of an unknown id", "Lease/LeaseTimeToLive", new MessageBytes().Int64(1, 99).Int64(2, 1)),
        ("time of an unknown negative id", "Lease/LeaseTimeToLive", new MessageBytes().Int64(1, -99)),
        ("renewal of an unknown id", "Lease/LeaseKeepAlive", new MessageBytes().Int64(1, 99)),
        ("renewal of nothing", "Lease/LeaseKeepAlive", new MessageBytes()),
        ("renewal", "Lease/LeaseKeepAlive", new MessageBytes().Int64(1, -7)),
        ("list", "Lease/LeaseLeases", new MessageBytes()),
        ("revoke nothing", "Lease/LeaseRevoke", new MessageBytes()),
        ("revoke an unknown id", "Lease/LeaseRevoke", new MessageBytes().Int64(1, 99)),
        ("revoke", "Lease/LeaseRevoke", new MessageBytes().Int64(1, -7)),
        ("revoke again", "Lease/LeaseRevoke", new MessageBytes().Int64(1, -7)),
        ("revoke the smallest", "Lease/LeaseRevoke", new MessageBytes().Int64(1, long.MinValue)),
        ("list of one", "Lease/LeaseLeases", new MessageBytes()),
    ];

    private static readonly (string Name, string Method, MessageBytes Message)[] Histories =
    [
        ("compact a negative revision", Compact, new MessageBytes().Int64(1, -1)),
        ("compact the smallest revision", Compact, new MessageBytes().Int64(1, long.MinValue)),
        ("compact the largest revision", Compact, new MessageBytes().Int64(1, long.MaxValue)),
        ("hash", HashKV, new MessageBytes()),
        ("put", Put, Key("a").Bytes(2, "1")),
        ("put again", Put, Key("a").Bytes(2, "2")),
        ("delete", Delete, Key("a")),
        ("put at last", Put, Key("b").Bytes(2, "3")),
        ("hash of now", HashKV, new MessageBytes()),
        ("hash of a negative revision", HashKV, new MessageBytes().Int64(1, -1)),
        ("hash of the smallest revision", HashKV, new MessageBytes().Int64(1, long.MinValue)),
        ("hash of revision 1", HashKV, new MessageBytes().Int64(1, 1)),
        ("hash of revision 3", HashKV, new MessageBytes().Int64(1, 3)),
        ("hash of a future revision", HashKV, new MessageBytes().Int64(1, 6)),
        ("hash of the largest revision", HashKV, new MessageBytes().Int64(1, long.MaxValue)),
        ("compact", Compact, new MessageBytes().Int64(1, 3).Int64(2, 1)),
        ("compact the same", Compact, new MessageBytes().Int64(1, 3)),
        ("compact physically what is compacted", Compact, new MessageBytes().Int64(1, 2).Int64(2, 1)),
        ("compact a future revision physically", Compact, new MessageBytes().Int64(1, 60).Int64(2, 1)),
        ("hash of a compacted revision", HashKV, new MessageBytes().Int64(1, 2)),
        ("hash of now, compacted", HashKV, new MessageBytes()),
        ("hash of revision 4, compacted", HashKV, new MessageBytes().Int64(1, 4)),
        ("read a compacted revision", Range, All().Int64(4, 2)),
        ("count a compacted revision", Range, All().Int64(4, 2).Int64(9, 1)),
        ("count the compacted revision itself", Range, All().Int64(4, 3).Int64(9, 1)),
        ("negative revision in a transaction", Txn, Then(1, All().Int64(4, -7))),
        ("compacted revision in a transaction", Txn, Then(1, All().Int64(4, 2))),
        ("defragment", "Maintenance/Defragment", new MessageBytes()),
    ];

    private static readonly (string Name, string Method, MessageBytes Message)[] Alarms =
    [
        ("put", Put, Key("a").Bytes(2, "1")),
        ("lease", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, 5)),
        ("list", Alarm, new MessageBytes()),
        ("list of an unknown kind", Alarm, new MessageBytes().Int64(3, 9)),
        ("raise nothing", Alarm, new MessageBytes().Int64(1, 1).Int64(2, 77)),
        ("disarm nothing", Alarm, new MessageBytes().Int64(1, 2).Int64(2, 77)),
        ("disarm what is not raised", Alarm, new MessageBytes().Int64(1, 2).Int64(2, 77).Int64(3, 1)),
        ("raise NOSPACE", Alarm, new MessageBytes().Int64(1, 1).Int64(2, 77).Int64(3, 1)),
        ("raise NOSPACE again", Alarm, new MessageBytes().Int64(1, 1).Int64(2, 77).Int64(3, 1)),
        ("list NOSPACE", Alarm, new MessageBytes().Int64(3, 1)),
        ("list CORRUPT", Alarm, new MessageBytes().Int64(3, 2)),
        ("raise NOSPACE of no member", Alarm, new MessageBytes().Int64(1, 1).Int64(3, 1)),
        ("put without space", Put, Key("a").Bytes(2, "1")),
        ("put without space or key", Put, new MessageBytes().Bytes(2, "1")),
        ("transaction that puts", Txn, Then(2, Key("a").Bytes(2, "2"))),
        ("transaction that puts in the other branch", Txn, new MessageBytes()
            .Message(3, new MessageBytes().Message(2, Key("a").Bytes(2, "2")))),
        ("transaction that deletes", Txn, Then(3, Key("absent"))),
        ("transaction that reads", Txn, Then(1, Key("a"))),
        ("lease without space", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, 6)),
        ("longest lease without space", "Lease/LeaseGrant", new MessageBytes().Int64(1, long.MaxValue).Int64(2, 6)),
        ("delete without space", Delete, Key("a")),
        ("renew without space", "Lease/LeaseKeepAlive", new MessageBytes().Int64(1, 5)),
        ("revoke without space", "Lease/LeaseRevoke", new MessageBytes().Int64(1, 5)),
        ("compact without space", Compact, new MessageBytes().Int64(1, 2)),
        ("disarm of another member", Alarm, new MessageBytes().Int64(1, 2).Int64(2, 78).Int64(3, 1)),
        ("disarm one", Alarm, new MessageBytes().Int64(1, 2).Int64(2, 77).Int64(3, 1)),
        ("put while one is left", Put, Key("a").Bytes(2, "1")),
        ("disarm the other", Alarm, new MessageBytes().Int64(1, 2).Int64(3, 1)),
        ("put again", Put, Key("a").Bytes(2, "1")),
        ("raise CORRUPT", Alarm, new MessageBytes().Int64(1, 1).Int64(2, 77).Int64(3, 2)),
        ("put to what is corrupt", Put, Key("a").Bytes(2, "1")),
        ("range of what is corrupt", Range, Key("a")),
        ("serializable range of what is corrupt", Range, Key("a").Int64(7, 1)),
        ("delete of what is corrupt", Delete, Key("a")),
        ("transaction of what is corrupt", Txn, Then(1, Key("a"))),
        ("compaction of what is corrupt", Compact, new MessageBytes().Int64(1, 3)),
        ("lease of what is corrupt", "Lease/LeaseGrant", new MessageBytes().Int64(1, 600).Int64(2, 6)),
        ("revocation of what is corrupt", "Lease/LeaseRevoke", new MessageBytes().Int64(1, 5)),
        ("renewal of what is corrupt", "Lease/LeaseKeepAlive", new MessageBytes().Int64(1, 5)),
        ("time of a lease of what is corrupt", "Lease/LeaseTimeToLive", new MessageBytes().Int64(1, 5)),
        ("leases of what is corrupt", "Lease/LeaseLeases", new MessageBytes()),
        ("hash of what is corrupt", HashKV, new MessageBytes()),
        ("disarm CORRUPT", Alarm, new MessageBytes().Int64(1, 2).Int64(2, 77).Int64(3, 2)),
        ("put at last", Put, Key("a").Bytes(2, "1")),
    ];

    [Test]
    public Task KeyRequests_AtTheEdges_EndAsWithRealEtcd() => CompareAllAsync(Keys);

    [Test]
    public Task LeaseRequests_AtTheEdges_EndAsWithRealEtcd() => CompareAllAsync(Leases);

    [Test]
    public Task CompactionsAndHashes_AtTheEdges_EndAsWithRealEtcd() => CompareAllAsync(Histories);

    [Test]
    public Task Alarms_OfEachKind_EndAsWithRealEtcd() => CompareAllAsync(Alarms);

    // errors (8) of StatusResponse: Go prints the alarms with protobuf's text format.
    [TestCase(1)]
    [TestCase(2)]
    public async Task Status_OfAlarms_NamesThemAsRealEtcd(int alarm)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        Assert.That(await ErrorsAsync(store, alarm), Is.EqualTo(await ErrorsAsync(etcd, alarm)));
    }

    private static async Task<string> ErrorsAsync(ServerProcess server, int alarm)
    {
        using var connection = new EtcdConnection(server.Endpoint);
        await connection.CallAsync(
            Alarm, new MessageBytes().Int64(1, 1).Int64(2, 77).Int64(3, alarm).ToArray());
        WireAnswer status = await connection.CallAsync("Maintenance/Status", []);
        int start = status.Comparable.IndexOf("(8, ", StringComparison.Ordinal);
        Assert.That(start, Is.Positive);
        return status.Comparable[start..status.Comparable.IndexOf(')', start)];
    }

    private static async Task CompareAllAsync((string Name, string Method, MessageBytes Message)[] steps)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        using var toEtcd = new EtcdConnection(etcd.Endpoint);
        using var toStore = new EtcdConnection(store.Endpoint);
        byte[] everything = All().ToArray();
        var differences = new List<string>();
        foreach ((string name, string method, MessageBytes message) in steps)
        {
            string expected = Describe(await toEtcd.CallAsync(method, message.ToArray()));
            string actual = Describe(await toStore.CallAsync(method, message.ToArray()), method == HashKV);
            expected += "; then " + (await toEtcd.CallAsync(Range, everything)).Comparable;
            actual += "; then " + (await toStore.CallAsync(Range, everything)).Comparable;
            if (actual != expected)
            {
                differences.Add($"{name}\n  etcd: {expected}\n  ours: {actual}");
            }
        }

        Assert.That(string.Join('\n', differences), Is.Empty);
    }

    /// <summary>hash_revision came with 3.6: the last field of the answer.</summary>
    private static string Describe(WireAnswer answer, bool hasHashRevision = false)
    {
        int field = hasHashRevision ? answer.Comparable.IndexOf(" (4, ", StringComparison.Ordinal) : -1;
        return field < 0 ? answer.Comparable : answer.Comparable[..field];
    }

    private static MessageBytes Key(string key) => new MessageBytes().Bytes(1, key);

    private static MessageBytes All(int keyField = 1, int endField = 2) =>
        new MessageBytes().Bytes(keyField, "\0").Bytes(endField, "\0");

    /// <summary>A transaction without compares of one operation.</summary>
    private static MessageBytes Then(int arm, MessageBytes request) =>
        new MessageBytes().Message(2, new MessageBytes().Message(arm, request));
}
