using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>Goal: <c>etcdctl make-mirror</c> leads from etcd to ours and back, with what changes meanwhile.</summary>
public sealed class MirrorTests
{
    [TestCase("", "a/kept=2 a/last=3 b/other=1")]
    [TestCase("--prefix a/", "a/kept=2 a/last=3")]
    [TestCase("--prefix a/ --dest-prefix copy/", "copy/kept=2 copy/last=3")]
    [TestCase("--prefix a/ --no-dest-prefix", "kept=2 last=3")]
    public void Mirror_InBothDirections_HoldsWhatTheSourceHolds(string options, string expected)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        using EtcdProcess emptyEtcd = EtcdProcess.StartNew();
        using StoreProcess emptyStore = StoreProcess.StartNew();
        Assert.That(Mirror(etcd, emptyStore, options), Is.EqualTo(expected), "etcd to ours");
        Assert.That(Mirror(store, emptyEtcd, options), Is.EqualTo(expected), "ours to etcd");
    }

    private static string Mirror(ServerProcess source, ServerProcess target, string options)
    {
        source.Etcdctl("put", "a/kept", "1").RequireSuccess();
        source.Etcdctl("put", "a/gone", "1").RequireSuccess();
        source.Etcdctl("put", "b/other", "1").RequireSuccess();
        string[] words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using RunningCommand mirror = RunningCommand.Start(
            PeerPrograms.Etcdctl, ["make-mirror", .. words, target.Endpoint], source.ClientEnvironment);
        Assert.That(() => Content(target), Does.Contain("gone=1").After(15_000, 50), () => mirror.Errors);
        // What is there is copied; what follows comes by a watch, one transaction at a time.
        source.Etcdctl("put", "a/kept", "2").RequireSuccess();
        source.Etcdctl("del", "a/gone").RequireSuccess();
        source.Etcdctl("put", "a/last", "3").RequireSuccess();
        Assert.That(() => Content(target), Does.Contain("last=3").After(15_000, 50), () => mirror.Errors);
        return Content(target);
    }

    private static string Content(ServerProcess server)
    {
        string[] lines = server.Etcdctl("get", "", "--prefix").RequireSuccess()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', lines.Chunk(2).Select(pair => string.Join('=', pair)));
    }
}
