using Keelson.Base.Identity;
using Keelson.Store.Backup;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>Reads of everything while writes go on: backups and hashes.</summary>
internal sealed class StoreSnapshots(
    StoreParts parts, StoreReaders readers, LongReaders longReaders, Func<StoreState> published)
{
    private const int PieceBytes = 1 << 20;

    // A store alone has no members; etcdutl replaces them anyway.
    private static readonly BackupMember[] Alone = [new(new MemberId(1), "default", ["http://localhost:2380"], [])];

    /// <summary>A backup of this moment; reads the history once before it returns.</summary>
    /// <param name="members">The cluster's members, as the backup shall name them.</param>
    /// <exception cref="StoreException">Compacted: it took longer than anybody may. Stopped.</exception>
    public StoreSnapshot Begin(IReadOnlyList<BackupMember> members) => new(EnterMoment(), members);

    /// <summary>etcd's HashKV; reads the history through the revision.</summary>
    /// <param name="revision">0 for the newest.</param>
    /// <param name="hash">The answer; null when it was refused.</param>
    /// <exception cref="StoreException">Compacted: it took longer than anybody may. Stopped.</exception>
    public StoreError Hash(long revision, out HistoryHash? hash)
    {
        hash = null;
        using StoreMoment moment = EnterMoment();
        if (revision < 0)
        {
            // Nothing is that early, and it does not count as compacted (etcd 3.5, mvcc: hashByRev).
            var compact = new Revision(moment.State.CompactRevision);
            hash = new HistoryHash(new HashKV().Value, new Revision(revision), compact);
            return StoreError.None;
        }

        StoreError error = ReadView.Of(moment.State).Resolve(revision, out Revision hashed);
        if (error == StoreError.None)
        {
            hash = new HistoryHasher(moment, hashed).Compute();
        }

        return error;
    }

    /// <summary>Writes a backup of a store alone; returns its revision. Reads on threads of the pool.</summary>
    public async ValueTask<Revision> WriteAsync(Stream destination, CancellationToken cancellationToken)
    {
        using StoreSnapshot snapshot = await Task.Run(() => Begin(Alone), cancellationToken);
        var piece = new byte[PieceBytes];
        while (true)
        {
            int length = await Task.Run(() => snapshot.Read(piece), cancellationToken);
            if (length == 0)
            {
                return snapshot.Revision;
            }

            await destination.WriteAsync(piece.AsMemory(0, length), cancellationToken);
        }
    }

    /// <summary><see cref="Hash"/> on a thread of the pool.</summary>
    public async ValueTask<(StoreError Error, HistoryHash? Hash)> HashAsync(long revision) =>
        await Task.Run(() =>
        {
            StoreError error = Hash(revision, out HistoryHash? hash);
            return (error, hash);
        });

    /// <summary>The same for embedders.</summary>
    /// <exception cref="StoreException">Compacted, FutureRevision, Stopped.</exception>
    public async ValueTask<HistoryHash> HashOrRefuseAsync(long revision)
    {
        (StoreError error, HistoryHash? hash) = await HashAsync(revision);
        return hash ?? throw new StoreException(error);
    }

    private StoreMoment EnterMoment() => new(parts, readers, longReaders, published);
}
