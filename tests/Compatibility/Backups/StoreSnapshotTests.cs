using System.Text.Json;
using Keelson.Compatibility.Processes;
using Keelson.Simulation;

namespace Keelson.Compatibility.Backups;

/// <summary>Backups from server to server, ours and the real one, by our tools and the real ones.</summary>
public sealed class StoreSnapshotTests
{
    private const int Steps = 60;
    private string _directory = "";

    private string Backup => Path.Combine(_directory, "backup");

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("keelson-backup-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    // Goal: a real cluster can be moved here: same keys, revisions and HashKV, of every readable revision.
    [TestCase(21ul)]
    [TestCase(22ul)]
    public void RealBackup_RestoredByUs_ServesTheSame(ulong seed)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        RandomHistory history = Run(etcd, seed);
        etcd.Etcdctl("snapshot", "save", Backup).RequireSuccess();
        using StoreProcess store = KeelsonTool.StartRestored(
            Backup, "--name", "default", "--initial-cluster-token", "t");
        RequireEqual(store, etcd, history);
    }

    // Goal: and back again, without loss.
    [TestCase(23ul)]
    [TestCase(24ul)]
    public void OurBackup_RestoredByEtcdutl_ServesTheSame(ulong seed)
    {
        using StoreProcess store = StoreProcess.StartNew();
        RandomHistory history = Run(store, seed);
        store.Etcdctl("snapshot", "save", Backup).RequireSuccess();
        RequireSameStatus();
        using EtcdProcess etcd = EtcdProcess.StartRestored(Backup);
        RequireEqual(store, etcd, history);
    }

    // Goal: our tool saves from the real server what the real tool saves, and the other way round.
    [Test]
    public void Save_ByOurTool_IsWhatEtcdctlSaves()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        Run(etcd, 25);
        string theirs = Path.Combine(_directory, "theirs");
        etcd.Etcdctl("snapshot", "save", theirs).RequireSuccess();
        string said = KeelsonTool.Run(
            "store", "snapshot", "save", Backup, "--endpoint", etcd.Endpoint).RequireSuccess();
        Assert.That(said, Does.Contain($"Snapshot saved at {Backup}"));
        Assert.That(Status(KeelsonTool.Run, "store", Backup), Is.EqualTo(Status(KeelsonTool.Run, "store", theirs)));
        RequireSameStatus();
    }

    [Test]
    public void Restore_WithBump_CountsLikeEtcdutl()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        etcd.Etcdctl("put", "a", "1").RequireSuccess();
        etcd.Etcdctl("put", "a", "2").RequireSuccess();
        etcd.Etcdctl("snapshot", "save", Backup).RequireSuccess();
        string[] bump = ["--bump-revision", "1000", "--mark-compacted"];
        using EtcdProcess theirs = EtcdProcess.StartRestored(Backup, bump);
        using StoreProcess ours = KeelsonTool.StartRestored(Backup, bump);
        foreach (ServerProcess server in new ServerProcess[] { theirs, ours })
        {
            using JsonDocument answer = JsonDocument.Parse(
                server.Etcdctl("put", "a", "3", "-w", "json").RequireSuccess());
            Assert.That(
                answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64(),
                Is.EqualTo(1004), server.GetType().Name);
            Assert.That(
                server.Etcdctl("get", "a", "--rev", "3").Errors,
                Does.Contain("mvcc: required revision has been compacted"), server.GetType().Name);
        }

        // And what the real server saves after a bump is restored here again.
        string again = Path.Combine(_directory, "again");
        theirs.Etcdctl("snapshot", "save", again).RequireSuccess();
        using StoreProcess restored = KeelsonTool.StartRestored(again);
        Assert.That(restored.Etcdctl("get", "a", "--print-value-only").RequireSuccess().Trim(), Is.EqualTo("3"));
    }

    // Goal: data that passwords protected is not opened in silence.
    [Test]
    public void RealBackup_WithUsers_IsRestoredWithAWarning()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        etcd.Etcdctl("put", "a", "1").RequireSuccess();
        etcd.Etcdctl("user", "add", "root:secret").RequireSuccess();
        etcd.Etcdctl("user", "grant-role", "root", "root").RequireSuccess();
        etcd.Etcdctl("auth", "enable").RequireSuccess();
        etcd.Etcdctl("snapshot", "save", Backup, "--user", "root:secret").RequireSuccess();
        CommandResult restored = KeelsonTool.Run(
            "store", "snapshot", "restore", Backup, "--data-dir", Path.Combine(_directory, "restored"));
        Assert.That(restored.RequireSuccess(), Does.Contain("restored revision 2: 1 versions"));
        Assert.That(restored.Errors, Does.StartWith("warning: authentication was enabled in the backup."));
    }

    private static RandomHistory Run(ServerProcess server, ulong seed)
    {
        var history = new RandomHistory(server, new SeededRandom(seed));
        for (int step = 0; step < Steps; step++)
        {
            history.Step();
        }

        return history;
    }

    private void RequireSameStatus()
    {
        Assert.That(
            Status(KeelsonTool.Run, "store", Backup),
            Is.EqualTo(Status(arguments => RunningCommand.Run(PeerPrograms.Etcdutl, arguments), null, Backup)));
    }

    private static string Status(Func<string[], CommandResult> run, string? group, string file)
    {
        string[] command = [.. group is null ? Array.Empty<string>() : [group], "snapshot", "status", file, "-w"];
        return run([.. command, "table"]).RequireSuccess() + run([.. command, "simple"]).RequireSuccess();
    }

    private static void RequireEqual(StoreProcess ours, EtcdProcess etcd, RandomHistory history)
    {
        Assert.That(KeyValues(ours, history.Revision), Is.EqualTo(KeyValues(etcd, history.Revision)));
        // Not at the compact revision itself: there a running etcd has a hash from before the compaction.
        for (long revision = Math.Max(history.CompactRevision, 0) + 1; revision <= history.Revision; revision++)
        {
            Assert.That(KeyValues(ours, revision), Is.EqualTo(KeyValues(etcd, revision)), $"revision {revision}");
            Assert.That(Hash(ours, revision), Is.EqualTo(Hash(etcd, revision)), $"revision {revision}");
        }
    }

    // Without the header, whose ids differ; the count and the key-values follow it.
    private static string KeyValues(ServerProcess server, long revision)
    {
        string asked = revision.ToString(CultureInfo.InvariantCulture);
        string answer = server.Etcdctl("get", "", "--prefix", "-w", "json", "--rev", asked).RequireSuccess();
        using JsonDocument json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("kvs", out JsonElement kvs) ? kvs.GetRawText() : "";
    }

    private static string Hash(ServerProcess server, long revision) => server.Etcdctl(
        "endpoint", "hashkv", "--rev", revision.ToString(CultureInfo.InvariantCulture)).RequireSuccess().Split(", ")[1];
}
