using Keelson.Base.Identity;
using Keelson.Store.Backup;
using Keelson.Store.History;

namespace Keelson.Store.Tests.Backup;

public sealed class HashKVTests
{
    // What etcd 3.5.16 answered (etcdctl endpoint hashkv --rev N) after: put a 1, put a 2, put b 1, del b, put a 3,
    // put c 1; tests/Compatibility asks it again over random histories.
    [TestCase(2, 2587454935u)]
    [TestCase(4, 1662700350u)]
    [TestCase(7, 3244153413u)]
    public void Value_OverKnownHistory_EqualsEtcds(long revision, uint expected)
    {
        var hash = new HashKV();
        Put(ref hash, (byte)'a', 2, 1, revision);
        Put(ref hash, (byte)'a', 3, 2, revision);
        Put(ref hash, (byte)'b', 4, 1, revision);
        if (revision >= 5)
        {
            hash.AddTombstone(new ChangeRevision(5, 0), "b"u8);
        }

        Put(ref hash, (byte)'a', 6, 3, revision);
        Put(ref hash, (byte)'c', 7, 1, revision);

        Assert.That(hash.Value, Is.EqualTo(expected));
    }

    // What etcd answers for a store in which nothing was written.
    [Test]
    public void Value_OfNothing_EqualsEtcds() => Assert.That(new HashKV().Value, Is.EqualTo(1084519789u));

    // Compact revision 5, hash revision 8.
    [TestCase(3, false, 4L, true, false, Description = "superseded before the compaction")]
    [TestCase(3, false, null, true, true, Description = "live")]
    [TestCase(3, false, 7L, true, false, Description = "readable at 5, but not visible at 8")]
    [TestCase(3, false, 9L, true, true, Description = "superseded after the hash revision")]
    [TestCase(3, false, 7L, false, true, Description = "nothing live at 8: what the compaction left")]
    [TestCase(3, false, 5L, false, false, Description = "nothing live at 8: gone with the compaction")]
    [TestCase(5, true, null, true, false, Description = "a deletion at the compact revision")]
    [TestCase(5, true, null, false, false, Description = "a deletion at the compact revision, nothing live")]
    [TestCase(6, true, 7L, true, true, Description = "a deletion above the compact revision")]
    [TestCase(6, false, 7L, true, true, Description = "superseded above the compact revision")]
    [TestCase(9, false, null, true, false, Description = "above the hash revision")]
    public void Rule_OfVersion_IncludesWhatEtcdDoes(
        long revision, bool isTombstone, long? next, bool anyLive, bool expected)
    {
        var rule = new HashKVRule(new Revision(8), new Revision(5), anyLive);

        Assert.That(
            rule.Includes(new ChangeRevision(revision, 0), isTombstone, next is { } main ? new Revision(main) : null),
            Is.EqualTo(expected));
    }

    // The value is the version's digit, the create revision that of the key's first put above.
    private static void Put(ref HashKV hash, byte key, long revision, long version, long last)
    {
        if (revision > last)
        {
            return;
        }

        var keyValue = new KeyValueView
        {
            Key = [key],
            CreateRevision = new Revision(key == (byte)'a' ? 2 : revision),
            ModRevision = new Revision(revision),
            Version = version,
            Value = [(byte)('0' + version)],
        };
        var bytes = new byte[KeyValueCodec.Size(keyValue)];
        KeyValueCodec.Write(keyValue, bytes);
        hash.AddPut(new ChangeRevision(revision, 0), bytes);
    }
}
