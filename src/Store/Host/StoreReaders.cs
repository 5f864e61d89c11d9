using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// Reads of published roots, from any thread, without locks: a reader announces its epoch, loads the root and looks.
/// The reading objects are pooled because they hold cursors.
/// </summary>
internal sealed class StoreReaders(
    PageStore pages, HistoryStore history, EpochGate epochs, Func<StoreState> published)
{
    private const int KeptMax = 64;

    private readonly Lock _lock = new();
    private readonly Stack<ReadTools> _kept = new();
    private readonly ListCounts _counts = new();
    private int _closed;

    /// <summary>Answers a RangeRequest; <paramref name="current"/> is what the response header carries.</summary>
    public StoreError Range(scoped in RangeRequest request, ProtoBuffer response, out Revision current)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        StoreState state = published();
        current = state.Revision;
        StoreError error = tools.Ranges.Execute(ReadView.Of(state), request, response);
        Return(tools);
        return error;
    }

    /// <summary>How many bytes the answer to a RangeRequest has at most; reads the tree only.</summary>
    public StoreError Measure(scoped in RangeRequest request, out AnswerSize size)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        StoreError error = tools.Ranges.Measure(ReadView.Of(published()), request, out size);
        Return(tools);
        return error;
    }

    /// <summary>The same for a deletion that answers with what it deletes.</summary>
    public AnswerSize Measure(scoped in DeleteRangeRequest request)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        AnswerSize size = tools.Answers.Of(ReadView.Of(published()), request);
        Return(tools);
        return size;
    }

    /// <summary>The same for a validated transaction, whether or not it writes.</summary>
    public AnswerSize Measure(TxnRequest request)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        AnswerSize size = tools.Answers.Of(ReadView.Of(published()), request);
        Return(tools);
        return size;
    }

    /// <summary>Answers a transaction that only reads; <paramref name="ranges"/> is how many it took.</summary>
    public StoreError Txn(TxnRequest request, ProtoBuffer response, out Revision current, out int ranges)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        StoreState state = published();
        current = state.Revision;
        StoreError error = tools.Txns.Execute(ReadView.Of(state), request, response);
        ranges = tools.Txns.Ranges;
        Return(tools);
        return error;
    }

    /// <summary>The settings whose names begin with <paramref name="prefix"/>.</summary>
    public IReadOnlyList<(byte[] Name, byte[] Value)> Settings(ReadOnlySpan<byte> prefix)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        List<(byte[] Name, byte[] Value)> settings = SettingsVerb.Read(tools.Cursor, published().Settings, prefix);
        Return(tools);
        return settings;
    }

    /// <summary>The lease and, when asked for, the keys attached to it; false when it is unknown.</summary>
    public bool TryGetLease(LeaseId id, ICollection<byte[]>? keys, out LeaseEntry lease)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        StoreState state = published();
        bool found = tools.Leases.TryGet(state, id, out lease);
        if (found && keys is not null)
        {
            tools.Leases.CopyKeys(state, id, keys);
        }

        Return(tools);
        return found;
    }

    /// <summary>All lease ids, the one that ends first being first.</summary>
    public IReadOnlyList<LeaseId> ListLeases()
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        IReadOnlyList<LeaseId> ids = tools.Leases.List(published());
        Return(tools);
        return ids;
    }

    /// <summary>Writes the raised alarms of a kind as alarms (2) of AlarmResponse.</summary>
    public void Alarms(AlarmKind kind, ProtoBuffer response)
    {
        using EpochPin pin = Enter();
        ReadTools tools = Rent();
        AlarmVerb.Write(tools.Cursor, published().Settings, kind, response);
        Return(tools);
    }

    /// <summary>Refuses new readers and returns when the last one has left.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _closed, 1);
        SpinWait.SpinUntil(() => !epochs.HasReaders);
    }

    /// <summary>Announces first and looks at the door second, so that <see cref="Close"/> misses nobody.</summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public EpochPin Enter()
    {
        EpochPin pin = epochs.Enter();
        if (Volatile.Read(ref _closed) != 0)
        {
            pin.Dispose();
            throw new StoreException(StoreError.Stopped);
        }

        return pin;
    }

    private ReadTools Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out ReadTools? tools))
            {
                return tools;
            }
        }

        return new ReadTools(pages, history, _counts);
    }

    /// <summary>A reader that threw is not returned: its state is unknown.</summary>
    private void Return(ReadTools tools)
    {
        lock (_lock)
        {
            if (_kept.Count < KeptMax)
            {
                _kept.Push(tools);
            }
        }
    }

    private sealed class ReadTools
    {
        public ReadTools(PageStore pages, HistoryStore history, ListCounts counts)
        {
            Ranges = new RangeReader(pages, history, counts);
            Txns = new TxnReader(pages, history);
            Answers = new AnswerMeasure(Txns, Ranges);
            Leases = new LeaseReader(pages);
            Cursor = new TreeCursor(pages);
        }

        public RangeReader Ranges { get; }

        public TxnReader Txns { get; }

        public AnswerMeasure Answers { get; }

        public LeaseReader Leases { get; }

        public TreeCursor Cursor { get; }
    }
}
