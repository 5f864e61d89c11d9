using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

/// <summary>A history under test beside the list of what it must hold.</summary>
internal sealed class HistoryModel : IDisposable
{
    public static readonly HistoryOptions Tiny = new()
    {
        SegmentBytesMax = 2000,
        ChunkBytes = 400,
        TailBytesMax = 1000,
        CacheBytesMax = 16 * 400,
        IndexStrideBytes = 128,
        WriteBytesMax = 300,
        ReadAheadBytes = 500,
        OpenFilesMax = 2,
    };

    private readonly SeededRandom _random;
    private long _index;

    public HistoryModel(ulong seed, IDisk disk, HistoryOptions? options = null)
    {
        _random = new SeededRandom(seed);
        Disk = disk;
        Epochs = new EpochGate();
        History = new HistoryStore(options ?? Tiny, Epochs, disk, HistoryState.Empty);
    }

    public IDisk Disk { get; }

    public EpochGate Epochs { get; }

    public HistoryStore History { get; }

    /// <summary>All changes in order.</summary>
    public List<HistoryChange> Changes { get; } = [];

    /// <summary>All batch ends in order, with the number of changes before each.</summary>
    public List<(int Changes, HistoryBatchEnd End)> BatchEnds { get; } = [];

    public Revision Current { get; private set; } = Revision.First;

    public void AppendBatches(int count)
    {
        for (int batch = 0; batch < count; batch++)
        {
            AppendBatch();
        }
    }

    /// <summary>Appends one batch of up to five revisions; sometimes an empty one.</summary>
    public void AppendBatch()
    {
        int revisions = _random.Below(6);
        for (int count = 0; count < revisions; count++)
        {
            Current = Current.Next();
            int changes = _random.Below(4) == 0 ? 1 + _random.Below(5) : 1;
            for (int sub = 0; sub < changes; sub++)
            {
                Append(new ChangeRevision(Current.Value, sub));
            }
        }

        var end = new HistoryBatchEnd(new LogIndex(++_index), new Term(1 + (_index / 10)), _index * 7, 0);
        ulong chainHash = History.EndBatch(end.Index, end.Term, end.ClusterTimeMilliseconds);
        BatchEnds.Add((Changes.Count, end with { ChainHash = chainHash }));
    }

    /// <summary>Appends what another model holds from its change and batch on: what replay does.</summary>
    public static void Replay(
        HistoryModel source, HistoryStore target, int batchFirst, int batchEnd = int.MaxValue)
    {
        batchEnd = Math.Min(batchEnd, source.BatchEnds.Count);
        int change = batchFirst == 0 ? 0 : source.BatchEnds[batchFirst - 1].Changes;
        foreach ((int changes, HistoryBatchEnd end) in source.BatchEnds[batchFirst..batchEnd])
        {
            for (; change < changes; change++)
            {
                HistoryChange each = source.Changes[change];
                each.KeyValue.CopyTo(target.Append(each.Revision, each.Flags, each.KeyValue.Length));
            }

            ulong chainHash = target.EndBatch(end.Index, end.Term, end.ClusterTimeMilliseconds);
            Assert.That(chainHash, Is.EqualTo(end.ChainHash));
        }
    }

    /// <summary>Every change is read alone, in one list read and by cursors from several revisions.</summary>
    public void Check(HistoryStore? history = null, long compactRevision = 0)
    {
        history ??= History;
        List<HistoryChange> kept = [.. Changes.Where(each => each.Revision.Main > compactRevision)];
        foreach (HistoryChange each in kept)
        {
            using EpochPin pin = history.Epochs.Enter();
            Assert.That(history.Read(each.Revision).SequenceEqual(each.KeyValue), Is.True, $"{each}");
        }

        CheckListRead(history, kept);
        for (long from = compactRevision + 1; from <= Current.Value + 2; from += 1 + (Current.Value / 4))
        {
            var cursor = new HistoryCursor(history);
            cursor.Seek(new Revision(from));
            IEnumerable<HistoryChange> expected = kept.Where(each => each.Revision.Main >= from);
            Assert.That(Walk(cursor, Current), Is.EqualTo(expected), $"from {from}");
        }
    }

    /// <summary>What a cursor yields, in turns of a few frames with a pin each.</summary>
    public List<HistoryChange> Walk(HistoryCursor cursor, Revision upTo)
    {
        List<HistoryChange> found = [];
        bool more = true;
        while (more)
        {
            using EpochPin pin = Epochs.Enter();
            for (int turn = _random.Below(7); turn >= 0 && more; turn--)
            {
                more = cursor.TryNext(upTo, out HistoryFrame frame);
                if (more)
                {
                    found.Add(new HistoryChange(frame.Revision, frame.Flags, frame.KeyValue.ToArray()));
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        History.Dispose();
        Epochs.Dispose();
    }

    private void Append(ChangeRevision revision)
    {
        int size = _random.Below(20) == 0 ? 300 + _random.Below(3000) : 8 + _random.Below(60);
        byte[] keyValue = new byte[size];
        _random.Fill(keyValue);
        HistoryFlags flags = _random.Below(3) == 0 ? HistoryFlags.Tombstone : HistoryFlags.None;
        keyValue.CopyTo(History.Append(revision, flags, size));
        Changes.Add(new HistoryChange(revision, flags, keyValue));
    }

    private static void CheckListRead(HistoryStore history, List<HistoryChange> kept)
    {
        using EpochPin pin = history.Epochs.Enter();
        var reader = new HistoryReader(history);
        foreach (HistoryChange each in kept.Where((_, at) => at % 3 != 1))
        {
            Assert.That(reader.Read(each.Revision).SequenceEqual(each.KeyValue), Is.True, $"{each}");
        }
    }
}
