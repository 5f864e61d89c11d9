using Keelson.Base.Identity;

namespace Keelson.Store.Tests.Tree;

/// <summary>The tree's meaning: a sorted dictionary, with the same edits.</summary>
internal sealed class ModelTree
{
    private readonly SortedDictionary<Position, Value> _entries;

    /// <summary>The highest revision that a key ever had, removed ones included; one for all snapshots.</summary>
    private readonly Dictionary<string, ChangeRevision> _highest;

    public ModelTree()
        : this([], [])
    {
    }

    private ModelTree(SortedDictionary<Position, Value> entries, Dictionary<string, ChangeRevision> highest)
    {
        _entries = entries;
        _highest = highest;
    }

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<Position, Value>> Entries => _entries;

    public ModelTree Snapshot() => new(new SortedDictionary<Position, Value>(_entries), _highest);

    public bool Contains(Position at) => _entries.ContainsKey(at);

    public void Insert(Position at, Value value)
    {
        _entries.Add(at, value);
        if (IsNewest(at.Key, at.Revision))
        {
            _highest[Convert.ToHexString(at.Key)] = at.Revision;
        }
    }

    /// <summary>Whether the key never had a version as new as this one.</summary>
    public bool IsNewest(byte[] key, ChangeRevision revision) =>
        !_highest.TryGetValue(Convert.ToHexString(key), out ChangeRevision highest) || revision > highest;

    public void InsertVersion(Position at, Value value)
    {
        Insert(at, value);
        foreach (Position older in _entries.Keys.Where(other => other.CompareTo(at) > 0).Take(1).ToList())
        {
            if (older.Key.AsSpan().SequenceEqual(at.Key))
            {
                _entries[older] = _entries[older] with { Live = false };
            }
        }
    }

    public bool Replace(Position at, Value value)
    {
        bool found = _entries.ContainsKey(at);
        if (found)
        {
            _entries[at] = value;
        }

        return found;
    }

    public bool SetLive(Position at, bool live) =>
        _entries.TryGetValue(at, out Value? value) && Replace(at, value with { Live = live });

    public Position? NewestOf(byte[] key) =>
        _entries.Keys.FirstOrDefault(at => at.Key.AsSpan().SequenceEqual(key));

    public byte[] PayloadAt(Position at) => _entries[at].Payload;

    public bool Remove(Position at) => _entries.Remove(at);

    public Position? At(int index) => _entries.Keys.ElementAtOrDefault(index);

    internal sealed record Value(byte[] Payload, bool Live);

    /// <summary>Key ascending, revision descending.</summary>
    internal sealed record Position(byte[] Key, ChangeRevision Revision) : IComparable<Position>
    {
        public int CompareTo(Position? other)
        {
            int order = Key.AsSpan().SequenceCompareTo(other!.Key);
            return order != 0 ? order : other.Revision.CompareTo(Revision);
        }

        public override string ToString() => $"{Convert.ToHexString(Key)}@{Revision}";
    }
}
