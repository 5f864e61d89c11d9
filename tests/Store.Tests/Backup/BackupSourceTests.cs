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

    [Test]
    public void Backup_Front_LiesAsDrawn()
    {
        byte[] bytes = BoltFiles.Write(new BackupSource(State, () => new Versions()));
        FormatDocument document = FormatDocument.Read("backup.md");
        Dictionary<string, int> header = document.Offsets("Page header");
        Dictionary<string, int> meta = document.Offsets("Meta page");

        Assert.That(bytes.Length % 4096, Is.EqualTo(32));
        for (int number = 0; number < 2; number++)
        {
            ReadOnlyMemory<byte> page = bytes.AsMemory(number * 4096, 4096);
            Assert.That(Long(page, header["page number"]), Is.EqualTo(number));
            Assert.That(Short(page, header["kind"]), Is.EqualTo(4));
            Assert.That(Int(page, meta["magic"]), Is.EqualTo(0xED0CDAED));
            Assert.That(Int(page, meta["version"]), Is.EqualTo(2));
            Assert.That(Int(page, meta["page size"]), Is.EqualTo(4096));
            Assert.That(Int(page, meta["flags"]), Is.Zero);
            Assert.That(Long(page, meta["root page"]), Is.GreaterThan(2));
            Assert.That(Long(page, meta["root sequence"]), Is.Zero);
            Assert.That(Long(page, meta["freelist page"]), Is.EqualTo(2));
            Assert.That(Long(page, meta["pages end"]), Is.EqualTo(bytes.Length / 4096));
            Assert.That(Long(page, meta["transaction"]), Is.EqualTo(number));
            Assert.That(
                Long(page, meta["checksum"]), Is.EqualTo(Fnv(page.Span[meta["magic"]..meta["checksum"]])), "FNV-1a 64");
        }

        ReadOnlyMemory<byte> freelist = bytes.AsMemory(2 * 4096, 4096);
        Assert.That(Short(freelist, header["kind"]), Is.EqualTo(0x10));
        Assert.That(Short(freelist, header["elements"]), Is.Zero);
        Assert.That(Int(freelist, header["overflow"]), Is.Zero);
    }

    /// <summary>FNV-1a, 64 bits (draft-eastlake-fnv, section 2).</summary>
    private static long Fnv(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in bytes)
        {
            hash = unchecked((hash ^ value) * 1099511628211);
        }

        return unchecked((long)hash);
    }

    private static long Long(ReadOnlyMemory<byte> page, int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(page.Span[offset..]);

    private static uint Int(ReadOnlyMemory<byte> page, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(page.Span[offset..]);

    private static int Short(ReadOnlyMemory<byte> page, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(page.Span[offset..]);

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
