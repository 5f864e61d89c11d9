using Keelson.Base.Identity;
using Keelson.Store.Backup;

namespace Keelson.Store.Host;

/// <summary>
/// A backup being read: one moment of the store as a bbolt file with its SHA-256 (docs/formats/backup.md), while writes
/// go on. One thread at a time.
/// </summary>
internal sealed class StoreSnapshot : IDisposable
{
    private readonly StoreMoment _moment;
    private readonly BoltWriter _writer;

    /// <summary>Takes the moment over. Reads all sizes, so it takes as long as reading the history once.</summary>
    /// <exception cref="StoreException">Compacted: it took too long. Stopped.</exception>
    public StoreSnapshot(StoreMoment moment, IReadOnlyList<BackupMember> members)
    {
        _moment = moment;
        try
        {
            var small = new MomentSmallState(moment);
            var state = new BackupState
            {
                CompactRevision = new Revision(moment.State.CompactRevision),
                ConsistentIndex = moment.State.AppliedIndex,
                Term = moment.State.AppliedTerm,
                Members = members,
                Leases = small.ReadLeases(),
                Alarms = small.ReadAlarms(),
            };
            _writer = new BoltWriter(new BackupSource(state, () => MomentVersions.KeptByCompaction(moment)));
        }
        catch
        {
            moment.Dispose();
            throw;
        }
    }

    /// <summary>The revision that is backed up.</summary>
    public Revision Revision => _moment.State.Revision;

    /// <summary>Bytes still to come; before the first read, the size of the whole backup.</summary>
    public long RemainingBytes => _writer.RemainingBytes;

    /// <summary>Fills <paramref name="destination"/>; fewer bytes only at the end, 0 after it.</summary>
    /// <exception cref="StoreException">Compacted: it took too long. Stopped.</exception>
    public int Read(Span<byte> destination) => _writer.Read(destination);

    public void Dispose()
    {
        _writer.Dispose();
        _moment.Dispose();
    }
}
