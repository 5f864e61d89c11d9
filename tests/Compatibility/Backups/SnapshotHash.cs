using Keelson.Base.Identity;
using Keelson.Store.Backup;
using Keelson.Store.History;

namespace Keelson.Compatibility.Backups;

/// <summary>HashKV over a backup: what the server that wrote it would answer.</summary>
internal static class SnapshotHash
{
    public static uint Compute(SnapshotReader snapshot, Revision revision)
    {
        List<Version> versions = Read(snapshot);
        var newest = new Dictionary<string, Version>();
        foreach (Version version in versions)
        {
            if (newest.TryGetValue(version.Key, out Version? before))
            {
                before.Next = version.Revision.Revision;
            }

            newest[version.Key] = version;
        }

        bool anyLive = versions.Any(version => !version.IsTombstone
            && version.Revision.Revision <= revision
            && (version.Next is null || version.Next > revision));
        var rule = new HashKVRule(revision, snapshot.ReadCompactRevision(), anyLive);
        var hash = new HashKV();
        foreach (Version version in versions.Where(
            version => rule.Includes(version.Revision, version.IsTombstone, version.Next)))
        {
            hash.AddStored(version.Revision, version.IsTombstone, version.Stored);
        }

        return hash.Value;
    }

    private static List<Version> Read(SnapshotReader snapshot)
    {
        var versions = new List<Version>();
        SnapshotVersions cursor = snapshot.OpenVersions();
        while (cursor.Next())
        {
            Assert.That(KeyValueView.TryRead(cursor.KeyValue, out KeyValueView keyValue), Is.True);
            versions.Add(new Version(
                cursor.Revision, cursor.IsTombstone, Convert.ToHexString(keyValue.Key), cursor.KeyValue.ToArray()));
        }

        return versions;
    }

    private sealed record Version(ChangeRevision Revision, bool IsTombstone, string Key, byte[] Stored)
    {
        public Revision? Next { get; set; }
    }
}
