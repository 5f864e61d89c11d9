using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility;

/// <summary>
/// Several requests on one watch stream, to a real etcd and to ours: ids that are taken, cancelled or unknown, and what
/// compaction leaves. A progress request at the end shows that nothing is missing; etcd answers it and the others over
/// two channels, so the order between them is anybody's.
/// </summary>
public sealed class WatchSequenceTests
{
    private EtcdProcess _etcd = null!;
    private StoreProcess _store = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _etcd = EtcdProcess.StartNew();
        _store = StoreProcess.StartNew();
        foreach (ServerProcess server in new ServerProcess[] { _etcd, _store })
        {
            server.Etcdctl("put", "k", "1").RequireSuccess();
            server.Etcdctl("put", "k", "2").RequireSuccess();
            server.Etcdctl("put", "k", "3").RequireSuccess();
            server.Etcdctl("compaction", "3").RequireSuccess();
        }
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _etcd?.Dispose();
        _store?.Dispose();
    }

    [TestCaseSource(nameof(Sequences))]
    public async Task Requests_OnOneStream_AreAnsweredAsByRealEtcd(byte[][] requests, int answers)
    {
        using var toEtcd = new EtcdConnection(_etcd.Endpoint);
        using var toStore = new EtcdConnection(_store.Endpoint);
        List<byte[]> expected = await toEtcd.ReadStreamAsync("Watch/Watch", requests, answers);
        List<byte[]> actual = await toStore.ReadStreamAsync("Watch/Watch", requests, answers);
        Assert.That(actual.Select(WireAnswer.Comparably), Is.EquivalentTo(expected.Select(WireAnswer.Comparably)));
    }

    private static IEnumerable<TestCaseData> Sequences()
    {
        yield return Case("an id that is taken", 3, Create(5), Create(5), Progress());
        yield return Case("chosen ids beside given ones", 5, Create(), Create(1), Create(), Create(), Progress());
        yield return Case("a chosen id asked for", 3, Create(), Create(0), Progress());
        yield return Case("an id again after it was cancelled", 4, Create(5), Cancel(5), Create(5), Progress());
        yield return Case("cancel what is unknown", 2, Create(5), Cancel(77), Progress());
        yield return Case("cancel twice", 4, Create(5), Cancel(5), Cancel(5), Create(6), Progress());
        yield return Case("cancel a negative id", 2, Create(5), Cancel(-5), Progress());
        yield return Case("cancel before any watch", 2, Cancel(0), Create(), Progress());
        yield return Case("progress without a watch", 3, Progress(), Create(5), Progress(), Cancel(5));
        yield return Case("progress twice", 3, Create(), Progress(), Progress());
        yield return Case("nothing between", 2, Create(), new MessageBytes(), Progress());
        yield return Case("an unknown arm between", 2, Create(), new MessageBytes().Int64(9, 1), Progress());
        yield return Case("a negative id", 2, Create(-5), Progress());
        yield return Case("the largest id, then chosen ones", 4, Create(long.MaxValue), Create(), Create(), Progress());
        // Not with progress while it waits: 3.5.16 still tells of it (etcd 20221).
        yield return Case("a future revision", 4, Create(3, 1000), Cancel(3), Create(4), Progress());
        yield return Case("the next revision", 2, Create(3, 5), Progress());
        yield return Case("a negative revision, compacted", 2, Create(3, -1));
        yield return Case("the smallest revision, compacted", 2, Create(3, long.MinValue));
        yield return Case("a compacted revision", 2, Create(3, 2));
        yield return Case("the compacted revision itself", 2, Create(3, 3));
        yield return Case("an empty range, then a good one", 3, Create(Watch(3).Bytes(1, "z").Bytes(2, "a")), Create(3),
            Progress());
    }

    private static TestCaseData Case(string name, int answers, params MessageBytes[] requests) =>
        new TestCaseData(requests.Select(request => request.ToArray()).ToArray(), answers).SetArgDisplayNames(name);

    private static MessageBytes Create(long id = 0, long revision = 0) =>
        Create(Watch(id).Bytes(1, "k").Int64(3, revision));

    private static MessageBytes Create(MessageBytes watch) => new MessageBytes().Message(1, watch);

    private static MessageBytes Watch(long id) => new MessageBytes().Int64(7, id);

    private static MessageBytes Cancel(long id) =>
        new MessageBytes().Message(2, new MessageBytes().Int64(1, id));

    private static MessageBytes Progress() => new MessageBytes().Present(3, "");
}
