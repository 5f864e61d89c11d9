using System.Buffers.Binary;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Backup;

namespace Keelson.Store.Tests.Backup;

public sealed class BackupSourceTests
{
    private static readonly BackupState State = new()
    {
        CompactRevision = new Revision(7),
        ConsistentIndex = new LogIndex(1234),
        Term = new Term(5),
        Members = [new BackupMember(new MemberId(0xFEDC_BA98), "one", ["http://a:1"], ["http://b:2"])],
        Leases = [new SnapshotLease(new LeaseId(9), 60, 0), new SnapshotLease(new LeaseId(3), 600, 30)],
        Alarms = [new SnapshotAlarm(new MemberId(0xFEDC_BA98), 1)],
    };

    [Test]
    public void Backup_OfState_IsReadBack()
    {
        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(new BackupSource(State, () => new Versions())));

        var reader = new SnapshotReader(file, BoltFiles.Name);
        reader.VerifyTrailer();

        Assert.That(reader.ReadCompactRevision(), Is.EqualTo(State.CompactRevision));
        Assert.That(reader.ReadConsistentIndex(), Is.EqualTo(State.ConsistentIndex));
        Assert.That(reader.ReadTerm(), Is.EqualTo(State.Term));
        Assert.That(reader.ReadLeases(), Is.EqualTo(State.Leases.OrderBy(lease => lease.Id.Value)));
        Assert.That(reader.ReadAlarms(), Is.EqualTo(State.Alarms));
        Assert.That(
            reader.ReadMembers(),
            Is.EqualTo(new[]
            {
                """{"id":4275878552,"peerURLs":["http://a:1"],"name":"one","clientURLs":["http://b:2"]}""",
            }));
    }

    // A deletion is stored as etcd does: key with 't' behind it, value with the key and no mod_revision.
    [Test]
    public void Backup_OfDeletion_StoresTheKeyAlone()
    {
        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(new BackupSource(State, () => new Versions())));

        SnapshotVersions versions = new SnapshotReader(file, BoltFiles.Name).OpenVersions();

        Assert.That(versions.Next(), Is.True);
        Assert.That(
            (versions.Revision, versions.IsTombstone), Is.EqualTo((new ChangeRevision(8, 0), false)));
        Assert.That(versions.KeyValue.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(versions.Next(), Is.True);
        Assert.That(
            (versions.Revision, versions.IsTombstone), Is.EqualTo((new ChangeRevision(8, 1), true)));
        Assert.That(versions.KeyValue.ToArray(), Is.EqualTo(new byte[] { 0x0A, 1, (byte)'k' }));
        Assert.That(versions.Next(), Is.False);
    }

    // The offsets that docs/formats/backup.md draws.
    [Test]
    public void Backup_Front_LiesAsDrawn()
    {
        byte[] bytes = BoltFiles.Write(new BackupSource(State, () => new Versions()));

        Assert.That(bytes.Length % 4096, Is.EqualTo(32));
        for (int meta = 0; meta < 2; meta++)
        {
            ReadOnlySpan<byte> page = bytes.AsSpan(meta * 4096);
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(page), Is.EqualTo(meta));
            Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(page[8..]), Is.EqualTo(4));
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(page[16..]), Is.EqualTo(0xED0CDAED));
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(page[20..]), Is.EqualTo(2));
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(page[24..]), Is.EqualTo(4096));
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(page[32..]), Is.GreaterThan(2), "root page");
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(page[48..]), Is.EqualTo(2), "freelist page");
            Assert.That(
                BinaryPrimitives.ReadInt64LittleEndian(page[56..]), Is.EqualTo(bytes.Length / 4096), "pages end");
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(page[64..]), Is.EqualTo(meta), "transaction");
        }

        Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((2 * 4096) + 8)), Is.EqualTo(0x10));
    }

    private sealed class Versions : IBackupVersions
    {
        private int _index = -1;

        public ChangeRevision Revision => new(8, _index);

        public bool IsTombstone => _index == 1;

        public ReadOnlySpan<byte> Key => "k"u8;

        public int KeyValueLength => 3;

        public bool Next() => ++_index < 2;

        public void CopyKeyValue(Span<byte> destination) => new byte[] { 1, 2, 3 }.CopyTo(destination);
    }
}
