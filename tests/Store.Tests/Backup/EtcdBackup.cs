using System.Buffers.Binary;
using System.Text;
using Keelson.Base.Identity;
using Keelson.Store.Backup;
using Keelson.Store.History;

namespace Keelson.Store.Tests.Backup;

/// <summary>
/// What a member of a cluster of etcd 3.6 or 3.7 has in its file, built from their schema (etcd,
/// server/storage/schema): keys that changed, a transaction, a deletion, leases, a compaction, a learner, a removed
/// member, an alarm, users and a downgrade under way.
/// </summary>
internal static class EtcdBackup
{
    public const string StorageVersion = "3.7.0";
    public const long CompactRevision = 4;
    public const long LastRevision = 7;
    public static readonly LeaseId Lease = new(0x7000_0000_0000_0001);

    // Clients choose ids, negative ones too.
    public static readonly LeaseId NegativeLease = new(-5);

    /// <summary>
    /// Live at <see cref="LastRevision"/>: key, create_revision, mod_revision, version, value and lease of each.
    /// </summary>
    public static readonly string[] Live =
    [
        "b 3 6 2 two 0", $"c 3 3 1 one {Lease.Value}", $"d 3 3 1 one {NegativeLease.Value}",
    ];

    /// <summary>Every bucket and entry; a test changes what it is about.</summary>
    public static BoltBuckets Create() => new()
    {
        ["alarm"] = [([0x08, 0x2A, 0x10, 0x01], [])],
        ["auth"] = [Entry("authEnabled", [0]), Entry("authRevision", BigEndian(4))],
        ["authRoles"] = [Entry("root", [0x0A, 4, .. "root"u8])],
        ["authUsers"] = [Entry("root", [0x0A, 4, .. "root"u8, 0x1A, 4, .. "root"u8])],
        ["cluster"] =
        [
            Entry("clusterVersion", "3.7.0"u8),
            Entry("downgrade", """{"target-version":"3.6.0","enabled":true}"""u8),
        ],
        ["key"] = Versions(),
        ["lease"] =
        [
            (BigEndian(Lease.Value), Encode(new SnapshotLease(Lease, 600, 30))),
            (BigEndian(NegativeLease.Value), Encode(new SnapshotLease(NegativeLease, 60, 0))),
        ],
        ["members"] =
        [
            Entry("2a", """{"id":42,"peerURLs":["http://a:1"],"name":"a","clientURLs":["http://a:2"]}"""u8),
            Entry("2b", """{"id":43,"peerURLs":["http://b:1"],"isLearner":true}"""u8),
        ],
        ["members_removed"] = [Entry("2c", "removed"u8)],
        ["meta"] =
        [
            Entry("confState", """{"voters":[42],"learners":[43],"auto_leave":false}"""u8),
            Entry("consistent_index", BigEndian(1234)),
            Entry("finishedCompactRev", RevisionOf(CompactRevision, 0)),
            Entry("scheduledCompactRev", RevisionOf(CompactRevision, 0)),
            Entry("storageVersion", Encoding.ASCII.GetBytes(StorageVersion)),
            Entry("term", BigEndian(9)),
        ],
    };

    public static (byte[] Key, byte[] Value) Entry(string key, ReadOnlySpan<byte> value) =>
        (Encoding.ASCII.GetBytes(key), value.ToArray());

    private static byte[] RevisionOf(long main, int sub, bool isTombstone = false)
    {
        var key = new byte[isTombstone ? RevisionKey.TombstoneBytes : RevisionKey.Bytes];
        RevisionKey.Write(new ChangeRevision(main, sub), isTombstone, key);
        return key;
    }

    private static byte[] Put(
        string key, (long Create, long Mod, long Version) numbers, string value, LeaseId lease = default)
    {
        var keyValue = new KeyValueView
        {
            Key = Encoding.ASCII.GetBytes(key),
            CreateRevision = new Revision(numbers.Create),
            ModRevision = new Revision(numbers.Mod),
            Version = numbers.Version,
            Value = Encoding.ASCII.GetBytes(value),
            Lease = lease,
        };
        var bytes = new byte[KeyValueCodec.Size(keyValue)];
        KeyValueCodec.Write(keyValue, bytes);
        return bytes;
    }

    /// <summary>What the compaction at 4 left of a put and a deletion of a is nothing.</summary>
    private static List<(byte[] Key, byte[] Value)> Versions() =>
    [
        (RevisionOf(3, 0), Put("b", (3, 3, 1), "one")),
        (RevisionOf(3, 1), Put("c", (3, 3, 1), "one", Lease)),
        (RevisionOf(3, 2), Put("d", (3, 3, 1), "one", NegativeLease)),
        (RevisionOf(5, 0), Put("a", (5, 5, 1), "again")),
        (RevisionOf(6, 0), Put("b", (3, 6, 2), "two")),
        (RevisionOf(7, 0, isTombstone: true), [0x0A, 1, (byte)'a']),
    ];

    private static byte[] Encode(SnapshotLease lease)
    {
        var bytes = new byte[lease.Size];
        lease.Write(bytes);
        return bytes;
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
