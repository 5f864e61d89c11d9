using System.Text;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Backup;
using Keelson.Store.Host;
using Keelson.Store.Tests.Backup;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Restores from files in the schema of etcd 3.6 and 3.7, which Debian does not have: built here, entry by entry.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EtcdVersionRestoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;

    private string Target => Path.Combine(_directory, "target");

    private string File => Path.Combine(_directory, "backup");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // Goal: only key, lease, meta and auth mean something here; everything of each is there.
    [TestCase("3.6.0")]
    [TestCase("3.7.0")]
    [TestCase("3.7.2")]
    [TestCase("")]
    [TestCase("no version", Description = "as unknown as in etcd")]
    public async Task Restore_OfAStorageVersion_IsTheSameStore(string version)
    {
        BoltBuckets backup = EtcdBackup.Create();
        Replace(backup, "meta", "storageVersion", Encoding.ASCII.GetBytes(version));
        RestoreResult result = await RestoreAsync(backup);
        Assert.That(result.AuthWasEnabled, Is.False);
        Assert.That(result.Leases, Is.EqualTo(2));
        Assert.That(result.Versions, Is.EqualTo(6));
        await RequireWholeAsync();
    }

    // Goal: older versions do not write all of it, and etcd itself writes much of it only later.
    [TestCase("meta", "storageVersion")]
    [TestCase("meta", "term")]
    [TestCase("meta", "confState")]
    [TestCase("meta", "consistent_index")]
    [TestCase("meta", "finishedCompactRev", Description = "scheduled, not finished: etcd finishes it when it starts")]
    [TestCase("meta", "scheduledCompactRev")]
    [TestCase("cluster", "clusterVersion")]
    [TestCase("cluster", "downgrade")]
    [TestCase("cluster", null)]
    [TestCase("auth", "authEnabled")]
    [TestCase("auth", "authRevision")]
    [TestCase("auth", null)]
    [TestCase("authRoles", null)]
    [TestCase("authUsers", null)]
    [TestCase("alarm", null)]
    [TestCase("members", null)]
    [TestCase("members_removed", null)]
    public async Task Restore_WithoutAField_IsTheSameStore(string bucket, string? key)
    {
        BoltBuckets backup = EtcdBackup.Create();
        if (key is null)
        {
            backup.Remove(bucket);
        }
        else
        {
            Assert.That(backup[bucket].RemoveAll(entry => IsKey(entry, key)), Is.EqualTo(1));
        }

        await RestoreAsync(backup);
        await RequireWholeAsync();
    }

    // Goal: what a patch release may add is passed over, at every place where something can be added.
    [Test]
    public async Task Restore_WithUnknownFields_IsTheSameStore()
    {
        BoltBuckets backup = EtcdBackup.Create();
        backup["namespaceQuota"] = [EtcdBackup.Entry("a", "b"u8)];
        backup["meta"].Insert(0, EtcdBackup.Entry("aNewKey", "1"u8));
        byte[] unknown = [0x98, 0x06, 0x01, 0xA2, 0x06, 0x01, (byte)'x'];
        backup["key"] = [.. backup["key"].Select(entry => (entry.Key, (byte[])[.. entry.Value, .. unknown]))];
        backup["lease"] = [.. backup["lease"].Select(entry => (entry.Key, (byte[])[.. entry.Value, .. unknown]))];
        await RestoreAsync(backup);
        await RequireWholeAsync();
    }

    // A member that has seen nothing but its own start.
    [Test]
    public async Task Restore_WithoutVersions_IsAnEmptyStore()
    {
        BoltBuckets backup = EtcdBackup.Create();
        foreach (string bucket in (string[])["alarm", "authRoles", "authUsers", "key", "lease", "members_removed"])
        {
            backup[bucket] = [];
        }

        backup["meta"].RemoveAll(entry => IsKey(entry, "finishedCompactRev") || IsKey(entry, "scheduledCompactRev"));
        RestoreResult result = await RestoreAsync(backup);
        Assert.That(result, Is.EqualTo(new RestoreResult(Revision.First, new Revision(-1), 0, 0, false)));
        await using KeyValueStore store = KeyValueStore.Open(Target, Options);
        Assert.That((await store.PutAsync("a", "1")).Revision, Is.EqualTo(new Revision(2)));
    }

    // Goal: nobody believes their data protected that is not.
    [Test]
    public async Task Restore_WithUsers_SaysThatTheyAreGone()
    {
        BoltBuckets backup = EtcdBackup.Create();
        Replace(backup, "auth", "authEnabled", [1]);
        Assert.That((await RestoreAsync(backup)).AuthWasEnabled, Is.True);
        await RequireWholeAsync();
    }

    [TestCase("3.8.0")]
    [TestCase("4.0.0")]
    public void Restore_OfANewerVersion_IsRefused(string version)
    {
        BoltBuckets backup = EtcdBackup.Create();
        Replace(backup, "meta", "storageVersion", Encoding.ASCII.GetBytes(version));
        Assert.That(
            async () => await RestoreAsync(backup),
            Throws.TypeOf<IOException>().With.Message.Contains($"storage version {version}: 3.7 is the newest"));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory), Is.EqualTo(new[] { File }));
    }

    // etcd logs such a key and serves it; it belongs to no lease.
    [Test]
    public async Task Restore_OfAKeyWhoseLeaseIsGone_ServesTheKey()
    {
        BoltBuckets backup = EtcdBackup.Create();
        backup["lease"].RemoveAt(0);
        Assert.That((await RestoreAsync(backup)).Leases, Is.EqualTo(1));
        await using (KeyValueStore store = KeyValueStore.Open(Target, Options))
        {
            Assert.That(Live(store), Is.EqualTo(EtcdBackup.Live));
            Assert.That(store.ListLeases(), Is.EqualTo(new[] { EtcdBackup.NegativeLease }));
            await store.DeleteAsync("c");
        }

        RequireSound();
    }

    // etcdutl 3.6 counts what is alive, etcdutl 3.5 every entry of every bucket.
    [TestCase("3.6.0", 3)]
    [TestCase("", 24)]
    public void Status_OfAStorageVersion_CountsAsItsEtcdutl(string version, int expected)
    {
        BoltBuckets backup = EtcdBackup.Create();
        Replace(backup, "meta", "storageVersion", Encoding.ASCII.GetBytes(version));
        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(backup));
        SnapshotStatus status = SnapshotStatus.Read(new SnapshotReader(file, BoltFiles.Name));
        Assert.That(status.Version, Is.EqualTo(version));
        Assert.That(status.TotalKey, Is.EqualTo(expected));
        Assert.That(status.Revision, Is.EqualTo(new Revision(EtcdBackup.LastRevision)));
    }

    private static StoreOptions Options => new() { LogSegmentBytes = 4 << 20 };

    private static bool IsKey((byte[] Key, byte[] Value) entry, string key) =>
        entry.Key.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(key));

    private static void Replace(BoltBuckets backup, string bucket, string key, byte[] value)
    {
        int index = backup[bucket].FindIndex(entry => IsKey(entry, key));
        backup[bucket][index] = EtcdBackup.Entry(key, value);
    }

    private static IEnumerable<string> Live(KeyValueStore store) =>
        store.Range(new RangeQuery { Keys = KeyRange.All }).KeyValues.Select(static pair =>
            $"{pair.Key} {pair.CreateRevision} {pair.ModRevision} {pair.Version} {pair.Value} {pair.Lease.Value}");

    private async Task<RestoreResult> RestoreAsync(BoltBuckets backup)
    {
        await System.IO.File.WriteAllBytesAsync(File, BoltFiles.Write(backup));
        return await KeyValueStore.RestoreAsync(File, Target);
    }

    private async Task RequireWholeAsync()
    {
        await using (KeyValueStore store = KeyValueStore.Open(Target, Options))
        {
            Assert.That(store.Revision, Is.EqualTo(new Revision(EtcdBackup.LastRevision)));
            Assert.That(store.CompactRevision, Is.EqualTo(new Revision(EtcdBackup.CompactRevision)));
            Assert.That(Live(store), Is.EqualTo(EtcdBackup.Live));
            RangeResult before = store.Range(new RangeQuery { Keys = KeyRange.All, Revision = new Revision(5) });
            Assert.That(
                before.KeyValues.Select(static pair => $"{pair.Key}={pair.Value}"),
                Is.EqualTo(new[] { "a=again", "b=one", "c=one", "d=one" }));
            Assert.That(
                store.ListLeases(), Is.EquivalentTo(new[] { EtcdBackup.NegativeLease, EtcdBackup.Lease }));
            await store.RevokeLeaseAsync(EtcdBackup.NegativeLease);
            Assert.That(store.Get("d"), Is.Null);
        }

        RequireSound();
    }

    private void RequireSound()
    {
        using RealDisk disk = RealDisk.Open(Target);
        Assert.That(StoreVerification.Run(disk, static _ => { }), Is.Empty);
    }
}
