using Keelson.Base.Memory;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// One published state, readable for minutes while writes go on: the versions through its revision stay, for as long as
/// its reader is held. Each piece is read inside an epoch pin of its own.
/// </summary>
internal sealed class StoreMoment : IDisposable
{
    private readonly StoreReaders _readers;
    private readonly Func<StoreState> _published;
    private readonly LongReader _held;
    private readonly PageHold _leases;

    public StoreMoment(StoreParts parts, StoreReaders readers, LongReaders longReaders, Func<StoreState> published)
    {
        _readers = readers;
        _published = published;
        Pages = parts.Pages;
        History = parts.History;
        _held = longReaders.Enter();
        try
        {
            using EpochPin pin = readers.Enter();
            State = published();
            _held.Hold(State.CompactRevision);
            _leases = parts.Pages.Hold(State.Leases, State.Settings);
        }
        catch
        {
            _held.Dispose();
            throw;
        }
    }

    /// <summary>What is read. Of its trees only leases and settings may be: the keys' pages are not held.</summary>
    public StoreState State { get; }

    public PageStore Pages { get; }

    public HistoryStore History { get; }

    /// <summary>The keys of the newest root, which has every version that this moment needs; inside a pin.</summary>
    public TreeRoot NewestKeys => _published().Keys;

    /// <exception cref="StoreException">Stopped.</exception>
    public EpochPin Enter() => _readers.Enter();

    /// <summary>Call it after a piece was read: until then what it read was there.</summary>
    /// <exception cref="StoreException">Compacted: this took longer than anybody may.</exception>
    public void RequireHeld() => _held.RequireHeld();

    public void Dispose()
    {
        _leases.Dispose();
        _held.Dispose();
    }
}
