using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>An applied state: its entries, and the cluster as of the last one.</summary>
internal sealed record StateImage(IReadOnlyList<Entry> Applied, Configuration Configuration)
{
    public EntryId Last => Applied.Count == 0 ? default : new EntryId(Applied[^1].Index, Applied[^1].Term);

    public StateImage With(Entry entry)
    {
        Configuration configuration = Configuration;
        if (entry.Kind == EntryKind.Configuration)
        {
            Assert.That(ConfigurationCodec.TryDecode(entry.Payload.Span, out configuration, out _), Is.True);
        }

        return new StateImage([.. Applied, entry], configuration);
    }
}
