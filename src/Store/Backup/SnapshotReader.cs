using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.Store.Backup;

/// <summary>A backup of etcd 3.5 to 3.7, or of ours: a bbolt file with its SHA-256 behind it.</summary>
internal sealed class SnapshotReader
{
    // A bbolt file is whole pages of at least 512 bytes: what is left over is the checksum (etcdutl snapshot restore).
    private const int PageBytesMin = 512;
    private const int TrailerBytes = SHA256.HashSizeInBytes;
    private const int ChunkBytes = 64 * 1024;

    // Auth is on when the byte is exactly this one (etcd 3.6, server/storage/schema/auth.go).
    private static readonly byte[] Enabled = [1];

    private readonly IDiskFile _file;
    private readonly string _name;
    private readonly BoltReader _bolt;

    /// <exception cref="StoreDamageException">It is not a bbolt file.</exception>
    public SnapshotReader(IDiskFile file, string name)
    {
        _file = file;
        _name = name;
        HasTrailer = file.Length % PageBytesMin == TrailerBytes;
        FileBytes = HasTrailer ? file.Length - TrailerBytes : file.Length;
        _bolt = new BoltReader(file, name, FileBytes);
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name => _name;

    /// <summary>False for a copy of a data directory's file: it has no checksum.</summary>
    public bool HasTrailer { get; }

    /// <summary>The size of the bbolt file, without the checksum.</summary>
    public long FileBytes { get; }

    /// <summary>The size of the pages in use.</summary>
    public long PagesBytes => _bolt.Meta.PagesEnd * _bolt.Meta.PageBytes;

    /// <summary>All buckets, ascending.</summary>
    public IReadOnlyList<string> BucketNames()
    {
        List<string> names = [];
        BoltCursor root = _bolt.OpenRoot();
        while (root.Next())
        {
            names.Add(Encoding.UTF8.GetString(root.Key));
        }

        return names;
    }

    /// <summary>The entries of any bucket, as stored; null when the file has no such bucket.</summary>
    public BoltCursor? OpenBucket(string name) => _bolt.OpenBucket(name);

    /// <summary>Every version in order of revision.</summary>
    public SnapshotVersions OpenVersions() => new(_bolt.OpenBucket(EtcdBuckets.Key), _name);

    /// <summary>Reads the whole file and compares its checksum.</summary>
    /// <exception cref="StoreDamageException">There is none, or it differs.</exception>
    public void VerifyTrailer()
    {
        if (!HasTrailer)
        {
            throw new StoreDamageException(_name, _file.Length, "a SHA-256 at the end", "whole pages only");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        for (long offset = 0; offset < FileBytes;)
        {
            int length = (int)Math.Min(ChunkBytes, FileBytes - offset);
            ReadFully(offset, chunk.AsSpan(0, length));
            hash.AppendData(chunk, 0, length);
            offset += length;
        }

        Span<byte> stored = stackalloc byte[TrailerBytes];
        ReadFully(FileBytes, stored);
        byte[] computed = hash.GetHashAndReset();
        if (!stored.SequenceEqual(computed))
        {
            throw new StoreDamageException(
                _name, FileBytes, Convert.ToHexString(computed), Convert.ToHexString(stored));
        }
    }

    /// <summary>The leases, ascending by id.</summary>
    public IEnumerable<SnapshotLease> ReadLeases()
    {
        BoltCursor? cursor = _bolt.OpenBucket(EtcdBuckets.Lease);
        while (cursor is not null && cursor.Next())
        {
            yield return SnapshotLease.TryRead(cursor.Value, out SnapshotLease lease)
                ? lease
                : throw new StoreDamageException(_name, cursor.PageOffset, "a lease", $"{cursor.Value.Length} bytes");
        }
    }

    /// <summary>The raised alarms.</summary>
    public IEnumerable<SnapshotAlarm> ReadAlarms()
    {
        BoltCursor? cursor = _bolt.OpenBucket(EtcdBuckets.Alarm);
        while (cursor is not null && cursor.Next())
        {
            yield return SnapshotAlarm.TryRead(cursor.Key, out SnapshotAlarm alarm)
                ? alarm
                : throw new StoreDamageException(_name, cursor.PageOffset, "an alarm", $"{cursor.Key.Length} bytes");
        }
    }

    /// <summary>The members' descriptions, each etcd's JSON.</summary>
    public IReadOnlyList<string> ReadMembers()
    {
        var members = new List<string>();
        BoltCursor? cursor = _bolt.OpenBucket(EtcdBuckets.Members);
        while (cursor is not null && cursor.Next())
        {
            members.Add(Encoding.UTF8.GetString(cursor.Value));
        }

        return members;
    }

    /// <summary>
    /// The compact revision; -1 when nothing was compacted. A compaction that was scheduled counts: etcd finishes it
    /// when it starts.
    /// </summary>
    public Revision ReadCompactRevision()
    {
        long compact = -1;
        foreach (string name in (string[])[EtcdBuckets.FinishedCompactRevision, EtcdBuckets.ScheduledCompactRevision])
        {
            if (ReadValue(EtcdBuckets.Meta, name) is { } value
                && RevisionKey.TryRead(value, out ChangeRevision revision, out _))
            {
                compact = Math.Max(compact, revision.Main);
            }
        }

        return new Revision(compact);
    }

    /// <summary>The index of the last entry that the file contains the outcome of; 0 when it does not say.</summary>
    public LogIndex ReadConsistentIndex() => new(ReadMetaNumber(EtcdBuckets.ConsistentIndex));

    /// <summary>
    /// The version of etcd whose schema the file has; null in files of etcd 3.5 and in ours, and where it cannot be
    /// parsed, as in etcd (3.6, server/storage/schema/version.go).
    /// </summary>
    public Version? ReadStorageVersion() =>
        ReadValue(EtcdBuckets.Meta, EtcdBuckets.StorageVersion) is { } value
        && Version.TryParse(Encoding.UTF8.GetString(value), out Version? version)
            ? version
            : null;

    /// <summary>Whether the server that wrote it asked its users who they are.</summary>
    public bool ReadAuthEnabled() =>
        ReadValue(EtcdBuckets.Auth, EtcdBuckets.AuthEnabled) is { } value && value.AsSpan().SequenceEqual(Enabled);

    public Term ReadTerm() => new(ReadMetaNumber(EtcdBuckets.Term));

    private long ReadMetaNumber(string name) =>
        ReadValue(EtcdBuckets.Meta, name) is { Length: sizeof(long) } value
            ? BinaryPrimitives.ReadInt64BigEndian(value) & long.MaxValue
            : 0;

    private byte[]? ReadValue(string bucket, string name)
    {
        byte[] key = Encoding.UTF8.GetBytes(name);
        BoltCursor? cursor = _bolt.OpenBucket(bucket);
        while (cursor is not null && cursor.Next())
        {
            if (cursor.Key.SequenceEqual(key))
            {
                return cursor.Value.ToArray();
            }
        }

        return null;
    }

    private void ReadFully(long offset, Span<byte> destination)
    {
        int read = _file.Read(offset, destination);
        if (read != destination.Length)
        {
            throw new StoreDamageException(_name, offset, $"{destination.Length} bytes", $"{read}");
        }
    }
}
