using Keelson.Base.Identity;
using Keelson.Store.Backup;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Host;

/// <summary>
/// Puts what a backup holds into the working state. Believes nothing: what a store could not have written is damage.
/// </summary>
internal sealed class SnapshotFeed(WorkingState state, SnapshotReader snapshot)
{
    private readonly LeaseBook _leases = new(state);

    /// <summary>Restored so far.</summary>
    public long Versions { get; private set; }

    /// <summary>One version; later than all before it.</summary>
    public void Restore(SnapshotVersions version)
    {
        ChangeRevision change = version.Revision;
        if (change.Revision <= Revision.First)
        {
            throw Damage("a revision above 1", $"{change}");
        }

        // etcdutl's --bump-revision leaves an empty value under the raised revision: no change, only a revision.
        if (!version.KeyValue.IsEmpty)
        {
            if (!KeyValueView.TryRead(version.KeyValue, out KeyValueView keyValue) || keyValue.Key.IsEmpty)
            {
                throw Damage($"a key and its value at revision {change}", $"{version.KeyValue.Length} bytes");
            }

            Record(EntryOf(version, keyValue), keyValue);
        }

        state.MoveTo(change.Revision);
        Versions++;
    }

    /// <summary>All leases, after all versions; returns how many.</summary>
    public long RestoreLeases()
    {
        long count = 0;
        foreach (SnapshotLease lease in snapshot.ReadLeases())
        {
            if (lease.TimeToLiveSeconds is <= 0 or > RequestLimits.LeaseTtlSecondsMax || _leases.Exists(lease.Id))
            {
                throw Damage("leases with a time to live, each once", $"{lease}");
            }

            // etcd without lease checkpoints writes 0: it gives a lease its whole time after a restart.
            bool isPart = lease.RemainingSeconds > 0 && lease.RemainingSeconds < lease.TimeToLiveSeconds;
            long remaining = isPart ? lease.RemainingSeconds : lease.TimeToLiveSeconds;
            _leases.Grant(lease.Id, lease.TimeToLiveSeconds, remaining);
            count++;
        }

        return count;
    }

    private VersionEntry EntryOf(SnapshotVersions version, in KeyValueView keyValue)
    {
        ChangeRevision change = version.Revision;
        if (version.IsTombstone)
        {
            return VersionEntry.DeletedBy(change);
        }

        bool isPossible = keyValue.ModRevision == change.Revision
            && keyValue.CreateRevision > Revision.First
            && keyValue.CreateRevision <= keyValue.ModRevision
            && keyValue.Version >= 1;
        return isPossible
            ? new VersionEntry(
                change,
                keyValue.CreateRevision.Value,
                keyValue.Version,
                keyValue.Lease,
                keyValue.Value.Length,
                Tombstone: false)
            : throw Damage(
                $"a put of revision {change}",
                $"one of {keyValue.ModRevision}, created at {keyValue.CreateRevision}, version {keyValue.Version}");
    }

    private void Record(VersionEntry entry, in KeyValueView keyValue)
    {
        state.Versions.TryGetNewest(state.Keys.Root, keyValue.Key, out VersionEntry previous);
        state.Record(keyValue.Key, entry, keyValue.Value);
        _leases.Move(keyValue.Key, previous.Lease, entry.Lease);
    }

    private StoreDamageException Damage(string expected, string found) => new(snapshot.Name, 0, expected, found);
}
