using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Store;
using Keelson.Store.Backup;

namespace Keelson.Fuzz.Targets;

/// <summary>A backup file: what it says, or damage.</summary>
internal sealed class SnapshotTarget : FuzzTarget
{
    private const string FileName = "backup.db";
    private static readonly string[] Names = [FileName];

    public override string Name => "snapshot";

    public override int SmokeInputs => 40_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        IDisk disk = BudgetedDisk.For(input, DiskImage.Create(Names, input.Parts));
        return () =>
        {
            using IDiskFile file = disk.Open(FileName, DiskOpenMode.Existing);
            try
            {
                var reader = new SnapshotReader(file, FileName);
                return ReadFacts(reader) & ReadVersions(reader) & Verify(reader);
            }
            catch (StoreDamageException)
            {
                return false;
            }
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() => [Sample(0), Sample(40), Sample(400)];

    private static bool ReadFacts(SnapshotReader reader)
    {
        _ = reader.ReadCompactRevision();
        _ = reader.ReadConsistentIndex();
        _ = reader.ReadTerm();
        return reader.ReadLeases().Count() + reader.ReadAlarms().Count() + reader.ReadMembers().Count >= 0;
    }

    private static bool ReadVersions(SnapshotReader reader)
    {
        SnapshotVersions versions = reader.OpenVersions();
        ChangeRevision before = default;
        while (versions.Next())
        {
            FuzzViolationException.Require(versions.Revision >= before, "revisions fall");
            before = versions.Revision;
            _ = versions.KeyValue.Length;
        }

        return true;
    }

    private static bool Verify(SnapshotReader reader)
    {
        reader.VerifyTrailer();
        return true;
    }

    private static FuzzInput Sample(int versions)
    {
        var state = new BackupState
        {
            CompactRevision = new Revision(7),
            ConsistentIndex = new LogIndex(1234),
            Term = new Term(5),
            Members = [new BackupMember(new MemberId(0xFEDC), "one", ["http://a:1"], ["http://b:2"])],
            Leases = [new SnapshotLease(new LeaseId(9), 60, 0), new SnapshotLease(new LeaseId(3), 600, 30)],
            Alarms = [new SnapshotAlarm(new MemberId(0xFEDC), 1)],
        };
        using var writer = new BoltWriter(new BackupSource(state, () => new Versions(versions)));
        var bytes = new byte[writer.RemainingBytes];
        int length = 0;
        while (length < bytes.Length)
        {
            length += writer.Read(bytes.AsSpan(length, Math.Min(BoltWriter.PieceBytes, bytes.Length - length)));
        }

        return new FuzzInput(bytes);
    }

    private sealed class Versions(int count) : IBackupVersions
    {
        private int _index = -1;

        public ChangeRevision Revision => new(8, _index);

        public bool IsTombstone => _index % 5 == 4;

        public ReadOnlySpan<byte> Key => "k"u8;

        public int KeyValueLength => 3 + (_index % 90);

        public bool Next() => ++_index < count;

        public void CopyKeyValue(Span<byte> destination) => destination.Fill((byte)(_index % 251));
    }
}
