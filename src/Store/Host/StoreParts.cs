using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Store.Checkpoint;
using Keelson.Store.History;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// The parts of a store, opened from its directory: the newest whole root, and the log's tail replayed on top of it.
/// The cost is the tail, not the database.
/// </summary>
internal sealed class StoreParts : IDisposable
{
    private StoreParts(IDisk disk, StoreOptions options, IReadOnlyList<RootRecord> roots)
    {
        Disk = disk;
        Roots = roots;
        Tuning = options.Tuning;
        Observer = options.Observer;
        Epochs = new EpochGate();
        Pages = new PageStore(PageOptions(options), Epochs, disk);
        State = roots.Count == 0 ? StoreState.Empty : roots[0].OpenTrees(Pages);
        HistoryState history = roots.Count == 0 ? HistoryState.Empty : roots[0].DecodeHistory();
        History = new HistoryStore(HistoryOptions(options), Epochs, disk, history);
        Machine = new StateMachine(Pages, History, State) { AnswerBytesMax = options.Tuning.AnswerBytesMax };
    }

    public IDisk Disk { get; }

    public EngineTuning Tuning { get; }

    /// <summary>Told durations and counts; null when nobody asks.</summary>
    public IStoreObserver? Observer { get; }

    /// <summary>The valid root slots, newest first.</summary>
    public IReadOnlyList<RootRecord> Roots { get; }

    public EpochGate Epochs { get; }

    public PageStore Pages { get; }

    public HistoryStore History { get; }

    public StateMachine Machine { get; }

    /// <summary>The state after replay.</summary>
    public StoreState State { get; private set; }

    /// <summary>Stands behind the last entry.</summary>
    public LogAppender Log { get; private set; } = null!;

    /// <summary>The log as it was found, for the order that goes on from there.</summary>
    public LogRecovery Recovered { get; private set; } = null!;

    /// <exception cref="StoreDamageException">Data that was durable is damaged; nothing was changed.</exception>
    /// <exception cref="DiskException">The disk failed.</exception>
    public static StoreParts Open(IDisk disk, StoreOptions options, IRandom random, IOrdering? ordering = null)
    {
        var parts = new StoreParts(disk, options, RootSlots.Read(disk));
        try
        {
            var log = new LogOptions { SegmentBytes = options.LogSegmentBytes, SectorBytes = disk.SectorBytes };
            parts.ReplayLog(log, random.Next(), ordering ?? new SoloOrdering());
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>
    /// An empty store that has no log yet: what a restore fills and its first checkpoint makes whole.
    /// </summary>
    public static StoreParts CreateWithoutLog(IDisk disk, StoreOptions options) => new(disk, options, []);

    public void Dispose()
    {
        Log?.Dispose();
        History.Dispose();
        Pages.Dispose();
        Epochs.Dispose();
        (Disk as IDisposable)?.Dispose();
    }

    private static PageStoreOptions PageOptions(StoreOptions options) => new()
    {
        ResidentBytesMax = options.TreeCacheBytesMax,
        SplitBytes = options.Tuning.PageSplitBytes,
    };

    private static HistoryOptions HistoryOptions(StoreOptions options) => new()
    {
        TailBytesMax = options.TailBytesMax,
        CacheBytesMax = options.ValueCacheBytesMax,
        SegmentBytesMax = options.Tuning.HistorySegmentBytes,
        ChunkBytes = options.Tuning.HistoryChunkBytes,
        OpenFilesMax = options.HistoryFilesMax,
    };

    private void ReplayLog(LogOptions options, ulong incarnation, IOrdering ordering)
    {
        LogIndex newest = State.AppliedIndex;
        LogIndex older = Roots.Count == 0 ? newest : Roots[^1].State.AppliedIndex;
        LogRecovery recovery = LogRecovery.Open(Disk, options, new LogRecoveryPoint(newest, older, incarnation));
        if (recovery.Damage is { } damage)
        {
            throw new StoreDamageException(damage.File, damage.Offset, damage.Expected, damage.Found);
        }

        Invariant.Require(recovery.Appender is not null);
        Log = recovery.Appender;
        Recovered = recovery;
        using LogReplay replay = recovery.Replay(newest);
        bool all = true;
        while (all && replay.TryReadNext(out LogEntryView entry))
        {
            all = ordering.MayReplay(this, entry);
            if (all)
            {
                Apply(entry);
            }
        }

        if (recovery.LastIndex < State.AppliedIndex || (all && recovery.LastIndex > State.AppliedIndex))
        {
            throw Gap($"entries through {State.AppliedIndex}, which the root has applied", recovery.LastIndex);
        }
    }

    private void Apply(LogEntryView entry)
    {
        // The log is dense and kept from the older root's index on: a gap means that a durable root or segment is gone.
        if (entry.Index.Value != State.AppliedIndex.Value + 1)
        {
            throw Gap($"entry {State.AppliedIndex.Value + 1}, the first that no whole root has applied", entry.Index);
        }

        using (Epochs.Enter())
        {
            State = Machine.Apply(entry.Index, entry.Term, entry.Payload, outcomes: null);
        }

        Epochs.Collect();
    }

    private static StoreDamageException Gap(string expected, LogIndex found) =>
        new("log and roots", 0, expected, $"entry {found}");
}
