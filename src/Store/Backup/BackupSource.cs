using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>
/// A backup as etcd 3.5 lays it out: 3.6 and 3.7 read that too, while 3.5 refuses what a newer one marked as its own.
/// </summary>
internal sealed class BackupSource : IBoltSource
{
    // The version that a cluster must at least have to use the data; a higher one locks older members out.
    private const string ClusterVersion = "3.5.0";
    private const long FirstAuthRevision = 1;

    private readonly Func<IBackupVersions> _openVersions;
    private readonly Dictionary<string, List<(byte[] Key, byte[] Value)>> _small = [];

    /// <param name="state">Everything but the versions.</param>
    /// <param name="openVersions">Called twice; must give the same versions both times.</param>
    public BackupSource(BackupState state, Func<IBackupVersions> openVersions)
    {
        _openVersions = openVersions;
        _small[EtcdBuckets.Alarm] = Sort(state.Alarms.Select(ToEntry));
        _small[EtcdBuckets.Auth] = [(Encoding.UTF8.GetBytes(EtcdBuckets.AuthRevision), BigEndian(FirstAuthRevision))];
        _small[EtcdBuckets.Cluster] =
            [(Encoding.UTF8.GetBytes(EtcdBuckets.ClusterVersion), Encoding.UTF8.GetBytes(ClusterVersion))];
        _small[EtcdBuckets.Lease] = Sort(state.Leases.Select(ToEntry));
        _small[EtcdBuckets.Members] = Sort(state.Members.Select(ToEntry));
        _small[EtcdBuckets.Meta] = Sort(Meta(state));
    }

    public IReadOnlyList<string> Buckets => EtcdBuckets.All;

    public IBoltCursor Open(int bucket)
    {
        string name = Buckets[bucket];
        return name == EtcdBuckets.Key
            ? new BackupVersionCursor(_openVersions())
            : new BoltListCursor(_small.GetValueOrDefault(name) ?? []);
    }

    private static IEnumerable<(byte[] Key, byte[] Value)> Meta(BackupState state)
    {
        yield return (Encoding.UTF8.GetBytes(EtcdBuckets.ConsistentIndex), BigEndian(state.ConsistentIndex.Value));
        yield return (Encoding.UTF8.GetBytes(EtcdBuckets.Term), BigEndian(state.Term.Value));
        yield return (Encoding.UTF8.GetBytes(EtcdBuckets.ConfigurationState), Voters(state.Members));
        if (state.CompactRevision.Value >= 0)
        {
            var revision = new byte[RevisionKey.Bytes];
            RevisionKey.Write(new ChangeRevision(state.CompactRevision.Value, 0), isTombstone: false, revision);
            yield return (Encoding.UTF8.GetBytes(EtcdBuckets.FinishedCompactRevision), revision);
            yield return (Encoding.UTF8.GetBytes(EtcdBuckets.ScheduledCompactRevision), revision);
        }
    }

    private static byte[] Voters(IReadOnlyList<BackupMember> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("voters");
            foreach (BackupMember member in members)
            {
                json.WriteNumberValue(member.Id.Value);
            }

            json.WriteEndArray();
            json.WriteBoolean("auto_leave", false);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static (byte[] Key, byte[] Value) ToEntry(SnapshotAlarm alarm)
    {
        var key = new byte[alarm.Size];
        alarm.Write(key);
        return (key, []);
    }

    private static (byte[] Key, byte[] Value) ToEntry(SnapshotLease lease)
    {
        var value = new byte[lease.Size];
        lease.Write(value);
        return (BigEndian(lease.Id.Value), value);
    }

    private static (byte[] Key, byte[] Value) ToEntry(BackupMember member) =>
        (Encoding.ASCII.GetBytes(member.Id.Value.ToString("x", CultureInfo.InvariantCulture)), member.ToJson());

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static List<(byte[] Key, byte[] Value)> Sort(IEnumerable<(byte[] Key, byte[] Value)> entries)
    {
        List<(byte[] Key, byte[] Value)> sorted = [.. entries];
        sorted.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return sorted;
    }
}
