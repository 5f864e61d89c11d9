using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>Everything in a backup but the versions.</summary>
internal sealed record BackupState
{
    /// <summary>-1 when nothing was compacted.</summary>
    public required Revision CompactRevision { get; init; }

    /// <summary>The index of the last entry whose outcome the backup contains.</summary>
    public required LogIndex ConsistentIndex { get; init; }

    public required Term Term { get; init; }

    public required IReadOnlyList<BackupMember> Members { get; init; }

    public IReadOnlyList<SnapshotLease> Leases { get; init; } = [];

    public IReadOnlyList<SnapshotAlarm> Alarms { get; init; } = [];
}
