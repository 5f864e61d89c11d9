using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// The state in the middle of a batch. Owned by the thread that applies; what readers see is the
/// <see cref="StoreState"/> that <see cref="Publish"/> makes of it.
/// </summary>
/// <remarks>
/// Every request that may change keys runs between <see cref="BeginRequest"/> and <see cref="EndRequest"/>: its changes
/// share one main revision, which is used up only when there was a change.
/// </remarks>
internal sealed class WorkingState
{
    private readonly PageStore _pages;
    private StoreState _published;
    private int _changeCount;
    private long _recordedBytes;

    public WorkingState(PageStore pages, HistoryStore history, StoreState state)
    {
        _pages = pages;
        _published = state;
        History = history;
        Keys = new EditableTree(pages, state.Keys);
        Leases = new EditableTree(pages, state.Leases);
        LeaseKeys = new EditableTree(pages, state.LeaseKeys);
        LeaseDeadlines = new EditableTree(pages, state.LeaseDeadlines);
        Settings = new EditableTree(pages, state.Settings);
        Versions = new VersionReader(pages);
        Ranges = new RangeReader(pages, history);
        Cursor = new TreeCursor(pages);
        Revision = state.Revision;
        CompactRevision = state.CompactRevision;
        ClusterTimeMilliseconds = state.ClusterTimeMilliseconds;
        Alarms = state.Alarms;
    }

    public HistoryStore History { get; }

    public EditableTree Keys { get; }

    public EditableTree Leases { get; }

    public EditableTree LeaseKeys { get; }

    public EditableTree LeaseDeadlines { get; }

    public EditableTree Settings { get; }

    /// <summary>For point reads of the working trees; the walk state in it is the owner's to use.</summary>
    public VersionReader Versions { get; }

    public RangeReader Ranges { get; }

    public TreeCursor Cursor { get; }

    public OperationCounts Operations { get; } = new();

    /// <summary>Bytes of outcomes since the start; other threads may look.</summary>
    public long RecordedBytes => Volatile.Read(ref _recordedBytes);

    /// <summary>The newest finished revision.</summary>
    public Revision Revision { get; private set; }

    public long CompactRevision { get; set; }

    public long ClusterTimeMilliseconds { get; set; }

    public AlarmFlags Alarms { get; set; }

    public bool HasChanges => _changeCount > 0;

    /// <summary>The revision that a reader inside the current request sees: its own changes included.</summary>
    public Revision CurrentRevision => HasChanges ? Revision.Next() : Revision;

    public ReadView View => new(Keys.Root, CurrentRevision, CompactRevision);

    /// <summary>Goes on at a later revision than the last change's: what a backup says counts.</summary>
    public void MoveTo(Revision revision)
    {
        Invariant.Require(revision >= Revision && _changeCount == 0);
        Revision = revision;
    }

    public void BeginRequest() => Invariant.Require(_changeCount == 0);

    /// <summary>The place of the next change of this request.</summary>
    public ChangeRevision NextChange() => new(Revision.Value + 1, _changeCount++);

    public void EndRequest()
    {
        Operations.EndRun();
        Revision = CurrentRevision;
        _changeCount = 0;
    }

    /// <summary>
    /// The key's newest version; false when there is none or it is a tombstone. <see cref="RecordFound"/> may follow.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="records">Whether it follows almost always.</param>
    /// <param name="entry">The version.</param>
    public bool TryFindNewest(ReadOnlySpan<byte> key, bool records, out VersionEntry entry)
    {
        if (Keys.TryFindNewest(key, records, out ChangeRevision revision, out ReadOnlySpan<byte> payload))
        {
            entry = VersionEntry.Read(revision, payload);
            return !entry.Tombstone;
        }

        entry = default;
        return false;
    }

    /// <summary>
    /// <see cref="Record"/> for the key that <see cref="TryFindNewest"/> just looked for: its place is known.
    /// </summary>
    public void RecordFound(ReadOnlySpan<byte> key, VersionEntry entry, ReadOnlySpan<byte> value)
    {
        AppendHistory(key, entry, value);
        Span<byte> payload = stackalloc byte[VersionEntry.PayloadBytesMax];
        Keys.InsertFound(key, entry.Modified, payload[..entry.WritePayload(payload)], live: !entry.Tombstone);
    }

    /// <summary>Records one change: into the history, and into the tree as the key's newest version.</summary>
    public void Record(ReadOnlySpan<byte> key, VersionEntry entry, ReadOnlySpan<byte> value)
    {
        AppendHistory(key, entry, value);
        Span<byte> payload = stackalloc byte[VersionEntry.PayloadBytesMax];
        Keys.InsertVersion(key, entry.Modified, payload[..entry.WritePayload(payload)], live: !entry.Tombstone);
    }

    private void AppendHistory(ReadOnlySpan<byte> key, VersionEntry entry, ReadOnlySpan<byte> value)
    {
        HistoryFlags flags = entry.Tombstone ? HistoryFlags.Tombstone : HistoryFlags.None;
        KeyValueView keyValue = entry.ToKeyValue(key, value);
        int bytes = KeyValueCodec.Size(keyValue);
        KeyValueCodec.Write(keyValue, History.Append(entry.Modified, flags, bytes));
        Volatile.Write(ref _recordedBytes, _recordedBytes + bytes);
    }

    /// <summary>
    /// Ends the batch: seals the history, freezes the pages and returns the root that readers may see.
    /// </summary>
    public StoreState Publish(LogIndex index, Term term)
    {
        ulong chainHash = History.EndBatch(index, term, ClusterTimeMilliseconds);
        _pages.Freeze();
        _published = new StoreState
        {
            Keys = Keys.Root,
            Leases = Leases.Root,
            LeaseKeys = LeaseKeys.Root,
            LeaseDeadlines = LeaseDeadlines.Root,
            Settings = Settings.Root,
            Revision = Revision,
            CompactRevision = CompactRevision,
            AppliedIndex = index,
            AppliedTerm = term,
            ClusterTimeMilliseconds = ClusterTimeMilliseconds,
            ChainHash = chainHash,
            Alarms = Alarms,
        };
        return _published;
    }

    /// <summary>
    /// After local trimming, which is no batch: the same facts over smaller trees.
    /// </summary>
    public StoreState PublishTrimmed()
    {
        _pages.Freeze();
        _published = _published with { Keys = Keys.Root };
        return _published;
    }
}
