using System.Text.Json;
using Keelson.Base.Identity;
using Keelson.Compatibility.Processes;
using Keelson.Simulation;
using Keelson.Store.Backup;
using Keelson.Store.History;

namespace Keelson.Compatibility.Backups;

/// <summary>Backups that we wrote, used by the real etcdutl and the real etcd.</summary>
public sealed class OurSnapshotTests
{
    private static readonly LeaseId Lease = new(0x1234_5678_9ABC);
    private string _path = "";

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(Directory.CreateTempSubdirectory("keelson-backup-").FullName, "b");

    [TearDown]
    public void RemovePath() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(40, 5)]
    [TestCase(3000, 700)]
    [TestCase(120_000, 3000, Description = "branches of three levels")]
    public void Backup_RestoredByEtcd_ServesTheSame(int changes, int keys)
    {
        ModelHistory history = ModelHistory.Create(new SeededRandom(7), changes, keys, Lease, keys / 2);
        Save(history, compactRevision: -1);

        using JsonDocument status = JsonDocument.Parse(RunningCommand.Run(
            PeerPrograms.Etcdutl, ["snapshot", "status", _path, "-w", "json"]).RequireSuccess());
        long revision = changes == 0 ? 0 : history.Current.Value;
        Assert.That(status.RootElement.GetProperty("revision").GetInt64(), Is.EqualTo(revision));

        using EtcdProcess etcd = EtcdProcess.StartRestored(_path);
        RequireEqual(etcd, history);
        Assert.That(AskForHash(etcd), Is.EqualTo(HashOf()));
        etcd.Etcdctl("lease", "revoke", Lease.Value.ToString("x", CultureInfo.InvariantCulture)).RequireSuccess();
    }

    // Goal: the file is a good one to go on with: etcd changes and frees our pages, compacts, stops, starts again.
    [Test]
    public void Backup_RestoredByEtcd_GoesOn()
    {
        ModelHistory history = ModelHistory.Create(new SeededRandom(8), 3000, 700, Lease, 0);
        Save(history, compactRevision: -1);
        using EtcdProcess etcd = EtcdProcess.StartRestored(_path);

        long next = history.Current.Value + 1;
        Assert.That(HeaderRevision(etcd.Etcdctl("put", "after", "1", "-w", "json")), Is.EqualTo(next));
        etcd.Etcdctl("compaction", $"{next}", "--physical").RequireSuccess();
        etcd.Etcdctl("del", "key/0001", "--prefix").RequireSuccess();
        etcd.Etcdctl("defrag").RequireSuccess();
        string before = KeyValues(etcd);
        Assert.That(etcd.Stop().ExitCode, Is.Not.EqualTo(1));
        etcd.Start();

        Assert.That(KeyValues(etcd), Is.EqualTo(before));
        Assert.That(HeaderRevision(etcd.Etcdctl("put", "after", "2", "-w", "json")), Is.EqualTo(next + 2));
    }

    [Test]
    public void Backup_WithCompactRevision_IsCompactedInEtcd()
    {
        ModelHistory history = ModelHistory.Create(new SeededRandom(9), 40, 5, Lease, 0);
        Save(history, compactRevision: 30);
        using EtcdProcess etcd = EtcdProcess.StartRestored(_path);

        RequireEqual(etcd, history);
        Assert.That(
            etcd.Etcdctl("get", "key/000000", "--rev", "29").Errors,
            Does.Contain("mvcc: required revision has been compacted"));
        Assert.That(etcd.Etcdctl("get", "key/000000", "--rev", "30").ExitCode, Is.Zero);
    }

    // Goal: the check is one. A backup with a flipped bit must be refused by etcdutl.
    [Test]
    public void Backup_WithFlippedBit_IsRefusedByEtcdutl()
    {
        Save(ModelHistory.Create(new SeededRandom(10), 40, 5, Lease, 0), compactRevision: -1);
        byte[] bytes = File.ReadAllBytes(_path);
        bytes[^100] ^= 1;
        File.WriteAllBytes(_path, bytes);

        CommandResult result = RunningCommand.Run(
            PeerPrograms.Etcdutl, ["snapshot", "restore", _path, "--data-dir", $"{_path}-data"]);

        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Errors, Does.Contain("sha256"));
    }

    private static void RequireEqual(EtcdProcess etcd, ModelHistory history)
    {
        using JsonDocument answer = JsonDocument.Parse(All(etcd));
        Assert.That(
            answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64(),
            Is.EqualTo(history.Current.Value));
        IReadOnlyDictionary<string, byte[]> live = history.Live;
        List<JsonElement> served = answer.RootElement.TryGetProperty("kvs", out JsonElement kvs)
            ? [.. kvs.EnumerateArray()]
            : [];
        Assert.That(served, Has.Count.EqualTo(live.Count));
        foreach ((JsonElement actual, byte[] stored) in served.Zip(live.Values))
        {
            Assert.That(KeyValueView.TryRead(stored, out KeyValueView expected), Is.True);
            Assert.That(actual.GetProperty("key").GetBytesFromBase64(), Is.EqualTo(expected.Key.ToArray()));
            Assert.That(Number(actual, "create_revision"), Is.EqualTo(expected.CreateRevision.Value));
            Assert.That(Number(actual, "mod_revision"), Is.EqualTo(expected.ModRevision.Value));
            Assert.That(Number(actual, "version"), Is.EqualTo(expected.Version));
            Assert.That(Number(actual, "lease"), Is.EqualTo(expected.Lease.Value));
            byte[] value = actual.TryGetProperty("value", out JsonElement text) ? text.GetBytesFromBase64() : [];
            Assert.That(value.AsSpan().SequenceEqual(expected.Value), Is.True);
        }
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static string All(EtcdProcess etcd) =>
        etcd.Etcdctl("get", "", "--prefix", "-w", "json").RequireSuccess();

    // Without the header: the term rises with every start.
    private static string KeyValues(EtcdProcess etcd) => All(etcd).Split("\"kvs\"")[1];

    private static long HeaderRevision(CommandResult result)
    {
        using JsonDocument answer = JsonDocument.Parse(result.RequireSuccess());
        return answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    private static uint AskForHash(EtcdProcess etcd) => uint.Parse(
        etcd.Etcdctl("endpoint", "hashkv").RequireSuccess().Split(", ")[1], CultureInfo.InvariantCulture);

    private uint HashOf()
    {
        using var file = new BackupFile(_path);
        return SnapshotHash.Compute(new SnapshotReader(file, "b"), new Revision(long.MaxValue));
    }

    private void Save(ModelHistory history, long compactRevision)
    {
        var state = new BackupState
        {
            CompactRevision = new Revision(compactRevision),
            ConsistentIndex = new LogIndex(12),
            Term = new Term(2),
            Members = [new BackupMember(new MemberId(0xABCD), "default", ["http://localhost:2380"], [])],
            Leases = [new SnapshotLease(Lease, 5000, 0)],
        };
        using var writer = new BoltWriter(new BackupSource(state, history.Reopen));
        using FileStream file = File.Create(_path);
        var piece = new byte[BoltWriter.PieceBytes];
        for (int length = writer.Read(piece); length > 0; length = writer.Read(piece))
        {
            file.Write(piece, 0, length);
        }
    }
}
