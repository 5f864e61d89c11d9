namespace Keelson.Simulation.Disk;

/// <summary>The directory: names now, names that are durable, and the changes between the two in order.</summary>
internal sealed class SimulatedNames
{
    private readonly SortedDictionary<string, SimulatedInode> _live = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedInode> _durable = new(StringComparer.Ordinal);
    private readonly List<UnsyncedOperation> _unsynced = [];

    public IReadOnlyCollection<string> Live => _live.Keys;

    public IReadOnlyList<UnsyncedOperation> Unsynced => _unsynced;

    public IEnumerable<SimulatedInode> LiveInodes => _live.Values;

    /// <summary>Every file that a name leads to now or may lead to after a power cut.</summary>
    public IReadOnlyList<SimulatedInode> Reachable =>
        [.. _live.Values.Concat(_durable.Values).Concat(_unsynced.Select(each => each.Inode!)).Distinct()];

    public SimulatedInode? Find(string name) => _live.GetValueOrDefault(name);

    public SimulatedNames Clone()
    {
        Dictionary<SimulatedInode, SimulatedInode> clones = Reachable.ToDictionary(each => each, each => each.Clone());
        var names = new SimulatedNames();
        foreach ((string name, SimulatedInode inode) in _live)
        {
            names._live.Add(name, clones[inode]);
        }

        foreach ((string name, SimulatedInode inode) in _durable)
        {
            names._durable.Add(name, clones[inode]);
        }

        names._unsynced.AddRange(_unsynced.Select(operation => operation.CloneFor(clones[operation.Inode!])));
        return names;
    }

    public void Apply(UnsyncedOperation operation)
    {
        ApplyTo(_live, operation);
        _unsynced.Add(operation);
    }

    /// <summary>
    /// What is durable waits for what is older and is not: else that would undo it when the power goes.
    /// </summary>
    public void Sync()
    {
        foreach (UnsyncedOperation operation in _unsynced)
        {
            operation.Settled |= !operation.Doomed;
        }

        int count = 0;
        while (count < _unsynced.Count && _unsynced[count].Settled)
        {
            ApplyTo(_durable, _unsynced[count]);
            count++;
        }

        _unsynced.RemoveRange(0, count);
    }

    public void FailSync()
    {
        foreach (UnsyncedOperation operation in _unsynced)
        {
            operation.Doomed |= !operation.Settled;
        }
    }

    public void Crash(IReadOnlyDictionary<long, Survival> survivals)
    {
        foreach (UnsyncedOperation operation in _unsynced.Where(
            each => each.Settled || survivals[each.Number] != Survival.Lost))
        {
            ApplyTo(_durable, operation);
        }

        _unsynced.Clear();
        _live.Clear();
        foreach ((string name, SimulatedInode inode) in _durable)
        {
            _live.Add(name, inode);
        }
    }

    private static void ApplyTo(SortedDictionary<string, SimulatedInode> names, UnsyncedOperation operation)
    {
        switch (operation.Kind)
        {
            case UnsyncedKind.Create:
                names[operation.File] = operation.Inode!;
                break;
            case UnsyncedKind.Rename:
                // By file, not by name: an earlier rename of the same file may have been lost.
                foreach (string name in names.Keys.Where(each => names[each] == operation.Inode).ToList())
                {
                    names.Remove(name);
                }

                names[operation.Target] = operation.Inode!;
                break;
            default:
                if (names.GetValueOrDefault(operation.File) == operation.Inode)
                {
                    names.Remove(operation.File);
                }

                break;
        }
    }
}
