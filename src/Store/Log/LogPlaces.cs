using Keelson.Base;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>
/// Where each entry of the log is, so that members who are behind can be sent what has left memory. 16 bytes an entry,
/// and no more entries than the kept segments hold. Owned by the commit loop.
/// </summary>
internal sealed class LogPlaces
{
    private readonly List<LogPlace> _places = [];
    private int _forgotten;

    /// <summary>The first entry that can be read back; the next one to come when there is none.</summary>
    public LogIndex First { get; private set; } = new(1);

    public LogIndex Last => new(First.Value + Count - 1);

    private int Count => _places.Count - _forgotten;

    public LogPlace this[LogIndex index]
    {
        get
        {
            Invariant.Require(index >= First && index <= Last);
            return _places[(int)(index.Value - First.Value) + _forgotten];
        }
    }

    /// <summary>
    /// An entry is written there. It replaces all from its index on; the first of all may have any index.
    /// </summary>
    public void Add(LogIndex index, LogPlace place)
    {
        if (Count == 0 || index <= First)
        {
            Clear(index);
        }
        else if (index <= Last)
        {
            int kept = (int)(index.Value - First.Value) + _forgotten;
            _places.RemoveRange(kept, _places.Count - kept);
        }

        Invariant.Require(index == Last.Next);
        _places.Add(place);
    }

    /// <summary>The segments before this one are gone.</summary>
    public void ForgetBefore(long segment)
    {
        while (Count > 0 && _places[_forgotten].Segment < segment)
        {
            _forgotten++;
            First = First.Next;
        }

        // Moving the rest costs as much as what was dropped.
        if (_forgotten > _places.Count / 2)
        {
            _places.RemoveRange(0, _forgotten);
            _forgotten = 0;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear(LogIndex next)
    {
        _places.Clear();
        _forgotten = 0;
        First = next;
    }
}
