using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// Whether a root's tree and its history tell the same: each entry has its frame, with the same key, lease, versions
/// and length, and each frame above the compact revision has its entry. Below it the tree alone says what lives.
/// </summary>
/// <remarks>Nobody else uses the parts: pages are dropped between pieces of work, so memory stays bounded.</remarks>
internal sealed class TreeHistoryComparison
{
    /// <summary>Entries of a slice; the tree is walked once for each.</summary>
    public const int SliceEntriesDefault = 1 << 20;

    /// <summary>A store that lost a part has many faults; the first ones tell.</summary>
    private const int FaultsMax = 100;

    private const int EntriesPerPin = 16 * 1024;

    private readonly PageStore _pages;
    private readonly HistoryStore _history;
    private readonly StoreState _state;
    private readonly Action<string> _damaged;
    private readonly RevisionSlice _slice;
    private readonly TreeCursor _cursor;
    private readonly HistoryCursor _frames;
    private readonly List<ChangeRevision> _orphans = [];
    private readonly ProtoBuffer _key = new();
    private int _faults;

    public TreeHistoryComparison(
        PageStore pages, HistoryStore history, StoreState state, Action<string> damaged, int sliceEntries)
    {
        _pages = pages;
        _history = history;
        _state = state;
        _damaged = damaged;
        _slice = new RevisionSlice(sliceEntries);
        _cursor = new TreeCursor(pages);
        _frames = new HistoryCursor(history);
        _frames.Seek(new Revision(0));
    }

    /// <summary>Entries that have their frame.</summary>
    public long Matched { get; private set; }

    /// <summary>Compares everything.</summary>
    /// <param name="progress">Told after each slice.</param>
    /// <exception cref="StoreDamageException">A page or a frame cannot be read.</exception>
    public void Run(Action<string> progress)
    {
        long from = 0;
        while (from < long.MaxValue && _faults < FaultsMax)
        {
            _slice.Begin(from);
            WalkTree((cursor, revision) => _slice.Add(new RevisionSlice.Entry(revision, HashOf(cursor))));
            _slice.Seal();
            CompareSlice();
            NameOrphans();
            from = _slice.To;
            progress($"{Matched} of {_state.Keys.EntryCount} entries have their frame so far");
        }
    }

    /// <summary>All entries in order of keys, in pins of bounded length.</summary>
    private void WalkTree(Action<TreeCursor, ChangeRevision> visit)
    {
        ReadOnlySpan<byte> start = default;
        var revision = new ChangeRevision(long.MaxValue, int.MaxValue);
        bool more = true;
        while (more)
        {
            using (EpochPin pin = _pages.Epochs.Enter())
            {
                more = _cursor.Seek(_state.Keys, start, revision);
                for (int count = 0; more && count < EntriesPerPin; count++)
                {
                    visit(_cursor, _cursor.Revision);
                    more = _cursor.Next();
                }

                if (more)
                {
                    CopyKey(_cursor);
                    start = _key.Written;
                    revision = _cursor.Revision;
                }
            }

            _pages.Evict();
        }
    }

    private void CompareSlice()
    {
        int at = 0;
        bool more = true;
        while (more)
        {
            using (EpochPin pin = _history.Epochs.Enter())
            {
                for (int count = 0; more && count < EntriesPerPin; count++)
                {
                    more = TryNextFrame(out HistoryFrame frame);
                    at = more ? CompareFrame(frame, at) : at;
                }
            }

            _history.Epochs.Collect();
        }

        for (; at < _slice.Entries.Length; at++)
        {
            _orphans.Add(_slice.Entries[at].Revision);
        }
    }

    /// <summary>The next frame of this slice; the one behind it stays for the next.</summary>
    private bool TryNextFrame(out HistoryFrame frame)
    {
        var through = new Revision(Math.Min(_slice.To - 1, _history.Position.Revision.Value));
        return _frames.TryNext(through, out frame);
    }

    private int CompareFrame(HistoryFrame frame, int at)
    {
        ReadOnlySpan<RevisionSlice.Entry> entries = _slice.Entries;
        for (; at < entries.Length && entries[at].Revision < frame.Revision; at++)
        {
            _orphans.Add(entries[at].Revision);
        }

        bool hasEntry = at < entries.Length && entries[at].Revision == frame.Revision;
        if (hasEntry && entries[at].Hash == HashOf(frame))
        {
            Matched++;
        }
        else if (hasEntry || frame.Revision.Main > _state.CompactRevision)
        {
            Report($"{FileOf(frame.Revision)}: {Describe(frame)}, {DescribeEntry(frame)}");
        }

        return hasEntry ? at + 1 : at;
    }

    private void NameOrphans()
    {
        if (_orphans.Count == 0)
        {
            return;
        }

        HashSet<ChangeRevision> wanted = [.. _orphans.Take(FaultsMax)];
        WalkTree((cursor, revision) =>
        {
            if (wanted.Contains(revision))
            {
                CopyKey(cursor);
                Report($"{FileOf(revision)}: no frame of revision {revision}, "
                    + $"at which the tree has a version of key \"{Encoding.UTF8.GetString(_key.Written)}\"");
            }
        });
        _orphans.Clear();
    }

    private string DescribeEntry(HistoryFrame frame)
    {
        bool isRead = KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue);
        if (!isRead || !_cursor.Seek(_state.Keys, keyValue.Key, frame.Revision)
            || _cursor.Revision != frame.Revision || _cursor.CompareKey(keyValue.Key) != 0)
        {
            return "but the tree has no version of that key there";
        }

        return $"but the tree says {VersionEntry.Read(frame.Revision, _cursor.Payload)}";
    }

    private static string Describe(HistoryFrame frame) =>
        KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue)
            ? $"the frame of key \"{Encoding.UTF8.GetString(keyValue.Key)}\" says {EntryOf(frame, keyValue)}"
            : $"the frame of revision {frame.Revision} holds no KeyValue";

    private static VersionEntry EntryOf(HistoryFrame frame, KeyValueView keyValue) => frame.IsTombstone
        ? VersionEntry.DeletedBy(frame.Revision)
        : new VersionEntry(
            frame.Revision,
            keyValue.CreateRevision.Value,
            keyValue.Version,
            keyValue.Lease,
            keyValue.Value.Length,
            Tombstone: false);

    private static ulong HashOf(HistoryFrame frame)
    {
        if (!KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue)
            || keyValue.ModRevision != frame.Revision.Revision
            || (!frame.IsTombstone && keyValue.CreateRevision > keyValue.ModRevision))
        {
            return 0;
        }

        Span<byte> payload = stackalloc byte[VersionEntry.PayloadBytesMax];
        int length = EntryOf(frame, keyValue).WritePayload(payload);
        return Hash64.Compute(payload[..length], Hash64.Compute(keyValue.Key));
    }

    private ulong HashOf(TreeCursor cursor)
    {
        CopyKey(cursor);
        return Hash64.Compute(cursor.Payload, Hash64.Compute(_key.Written));
    }

    private void CopyKey(TreeCursor cursor)
    {
        int length = cursor.KeyLength;
        _key.Clear();
        cursor.CopyKey(_key.GetSpan(length)[..length]);
        _key.Advance(length);
    }

    private string FileOf(ChangeRevision revision)
    {
        HistoryView view = _history.View;
        int segment = view.FindSegment(revision);
        return segment < 0 ? "history" : view.Segments[segment].FileName;
    }

    private void Report(string fault)
    {
        if (_faults++ < FaultsMax)
        {
            _damaged(fault);
        }
    }
}
