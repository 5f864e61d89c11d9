using Keelson.Base.Identity;
using Keelson.Store.Host;

namespace Keelson.Store;

/// <summary>Backups in etcd's format, and back.</summary>
public sealed partial class KeyValueStore
{
    /// <summary>
    /// Writes a backup of this moment, while writes go on: a bbolt file and its SHA-256, as <c>etcdctl snapshot
    /// save</c> makes it. etcdutl and <see cref="RestoreAsync"/> restore it. Memory stays at a few MiB, whatever its
    /// size.
    /// </summary>
    /// <param name="destination">Written forwards, neither flushed nor closed.</param>
    /// <param name="cancellationToken">Ends it between two pieces.</param>
    /// <returns>The revision that is backed up.</returns>
    /// <exception cref="StoreException">
    /// Compacted: it took longer than ten minutes, and compaction does not wait any longer. Stopped.
    /// </exception>
    public ValueTask<Revision> SnapshotAsync(Stream destination, CancellationToken cancellationToken = default) =>
        _engine.Snapshots.WriteAsync(destination, cancellationToken);

    /// <summary>
    /// Makes a new store of a backup of etcd 3.5 to 3.7, or of ours: all revisions, versions and leases are as they
    /// were; raised alarms, users and roles are not restored. All or nothing: the directory appears when it is whole.
    /// </summary>
    /// <param name="snapshotFile">The backup.</param>
    /// <param name="directory">Must not exist, or be empty.</param>
    /// <param name="options">What to do beside it.</param>
    /// <param name="cancellationToken">Ends it, and leaves nothing.</param>
    /// <exception cref="StoreDamageException">The file is no backup, or damaged.</exception>
    /// <exception cref="Base.Seams.DiskException">The disk failed, or a file is not there.</exception>
    /// <exception cref="IOException">
    /// The directory is in use or not empty, or the backup is of a storage version above 3.7.
    /// </exception>
    public static ValueTask<RestoreResult> RestoreAsync(
        string snapshotFile,
        string directory,
        RestoreOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SnapshotRestore.RunAsync(snapshotFile, directory, options ?? new RestoreOptions(), cancellationToken);

    /// <summary>etcd's HashKV: equal on all stores, etcd's included, that have the same history.</summary>
    /// <param name="revision">The last revision that is hashed; the newest when it is left out.</param>
    /// <exception cref="StoreException">Compacted, FutureRevision, Stopped.</exception>
    public ValueTask<HistoryHash> HashAsync(Revision revision = default) =>
        _engine.Snapshots.HashOrRefuseAsync(revision.Value);
}
