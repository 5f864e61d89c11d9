using Keelson.Base.Identity;

namespace Keelson.Store.Mvcc;

/// <summary>
/// The entries of a tree with the smallest revisions from a mark on, as many as a bound allows: a tree in order of keys
/// is compared with a history in order of revisions slice by slice, in memory that does not grow with either.
/// </summary>
internal sealed class RevisionSlice
{
    private readonly int _entriesMax;
    private Entry[] _entries;
    private long _from;
    private int _count;

    /// <param name="entriesMax">Of 24 bytes each; twice as many while gathering.</param>
    public RevisionSlice(int entriesMax)
    {
        _entriesMax = entriesMax;
        _entries = new Entry[2 * entriesMax];
    }

    /// <summary>The slice holds all entries of main revisions before this one.</summary>
    public long To { get; private set; }

    /// <summary>In order of revision, once sealed.</summary>
    public ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Empties it; entries before main revision <paramref name="from"/> are left out.</summary>
    public void Begin(long from)
    {
        _from = from;
        To = long.MaxValue;
        _count = 0;
    }

    public void Add(Entry entry)
    {
        if (entry.Revision.Main < _from || entry.Revision.Main >= To)
        {
            return;
        }

        if (_count == _entries.Length)
        {
            Cut();
        }

        if (_count == _entries.Length)
        {
            // One request may change any number of keys, and a revision is not divided.
            Array.Resize(ref _entries, 2 * _count);
        }

        if (entry.Revision.Main < To)
        {
            _entries[_count++] = entry;
        }
    }

    /// <summary>Everything was added.</summary>
    public void Seal()
    {
        Sort();
        if (_count > _entriesMax)
        {
            Cut();
        }
    }

    /// <summary>Gives up the largest revisions, whole ones, but never the smallest.</summary>
    private void Cut()
    {
        Sort();
        long smallest = _entries[0].Revision.Main;
        long limit = _entries[_entriesMax].Revision.Main;
        long to = limit > smallest ? limit : smallest + 1;
        int kept = _count;
        while (_entries[kept - 1].Revision.Main >= to)
        {
            kept--;
        }

        To = kept < _count ? to : To;
        _count = kept;
    }

    private void Sort() => _entries.AsSpan(0, _count).Sort(
        static (left, right) => left.Revision.CompareTo(right.Revision));

    /// <summary>A version as the tree has it.</summary>
    /// <param name="Revision">Its change.</param>
    /// <param name="Hash">Over key and payload.</param>
    internal readonly record struct Entry(ChangeRevision Revision, ulong Hash);
}
