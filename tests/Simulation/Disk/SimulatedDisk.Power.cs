namespace Keelson.Simulation.Disk;

/// <summary>Crashes, copies and damage.</summary>
public sealed partial class SimulatedDisk
{
    /// <summary>All changes that a power cut now could lose, oldest first.</summary>
    public IReadOnlyList<UnsyncedOperation> Unsynced
    {
        get
        {
            lock (_lock)
            {
                return UnsyncedLocked();
            }
        }
    }

    /// <summary>A disk in the same state, without open files, faults or journal, with its own chance.</summary>
    public SimulatedDisk Clone(Keelson.Base.Seams.IRandom random)
    {
        lock (_lock)
        {
            return new SimulatedDisk(random)
            {
                _names = _names.Clone(),
                _operations = _operations,
                _deadBecause = _deadBecause,
                CapacityBytes = CapacityBytes,
                FreeBytesMax = FreeBytesMax,
                DiesOfFault = DiesOfFault,
            };
        }
    }

    /// <summary>Power cut and restart: chance decides what survives of each unsynced change.</summary>
    public void Crash() => Crash(Draw);

    /// <summary>Power cut and restart: <paramref name="choose"/> decides for each change, oldest first.</summary>
    public void Crash(Func<UnsyncedOperation, Survival> choose)
    {
        lock (_lock)
        {
            Dictionary<long, Survival> survivals = UnsyncedLocked().ToDictionary(each => each.Number, choose);
            IReadOnlyList<SimulatedInode> inodes = _names.Reachable;
            _names.Crash(survivals);
            foreach (SimulatedInode inode in inodes)
            {
                inode.Crash(survivals);
            }

            RestartLocked();
        }
    }

    /// <summary>The process dies and starts again; the machine and its unsynced changes stay.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            RestartLocked();
        }
    }

    /// <summary>Rot: flips bit <paramref name="bit"/> (0 to 7) of a byte at rest.</summary>
    public void FlipBit(string name, long offset, int bit)
    {
        lock (_lock)
        {
            FindLocked(name).Flip(offset, bit);
        }
    }

    private List<UnsyncedOperation> UnsyncedLocked() =>
        [.. _names.Unsynced
            .Concat(_names.Reachable.SelectMany(inode => inode.Unsynced))
            .Where(each => !each.Settled)
            .OrderBy(each => each.Number)];

    private Survival Draw(UnsyncedOperation operation) => (_random.Next() % 4) switch
    {
        0 => Survival.Lost,
        1 => Survival.Whole,
        2 => Survival.Prefix((int)(_random.Next() % (ulong)operation.Sectors) + 1),
        _ => Survival.Scattered(_random.Next()),
    };

    private void RestartLocked()
    {
        _boot++;
        _deadBecause = null;
        Faults = null;
    }
}
