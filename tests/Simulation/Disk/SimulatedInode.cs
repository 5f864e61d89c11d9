namespace Keelson.Simulation.Disk;

/// <summary>A file without its name: live bytes, durable bytes, and the changes between the two in order.</summary>
internal sealed class SimulatedInode
{
    private readonly List<UnsyncedOperation> _unsynced = [];
    private PagedBytes _durable = new();

    public PagedBytes Live { get; private set; } = new();

    public IReadOnlyList<UnsyncedOperation> Unsynced => _unsynced;

    public SimulatedInode Clone()
    {
        var clone = new SimulatedInode { Live = Live.Clone(), _durable = _durable.Clone() };
        clone._unsynced.AddRange(_unsynced.Select(operation => operation.CloneFor(clone)));
        return clone;
    }

    public void Apply(UnsyncedOperation operation)
    {
        ApplyTo(Live, operation, Survival.Whole);
        _unsynced.Add(operation);
        Fold();
    }

    public void Settle(UnsyncedOperation operation)
    {
        operation.Settled = true;
        operation.InFlight = false;
        Fold();
    }

    public void Sync()
    {
        foreach (UnsyncedOperation operation in _unsynced)
        {
            operation.Settled |= !operation.InFlight && !operation.Doomed;
        }

        Fold();
    }

    public void FailSync()
    {
        foreach (UnsyncedOperation operation in _unsynced)
        {
            operation.Doomed |= !operation.InFlight && !operation.Settled;
        }
    }

    /// <summary>Settled changes always survive, whole and in their place in the order.</summary>
    public void Crash(IReadOnlyDictionary<long, Survival> survivals)
    {
        foreach (UnsyncedOperation operation in _unsynced)
        {
            ApplyTo(_durable, operation, operation.Settled ? Survival.Whole : survivals[operation.Number]);
        }

        _unsynced.Clear();
        Live = _durable.Clone();
    }

    public void Flip(long offset, int bit)
    {
        Live.Flip(offset, bit);
        _durable.Flip(offset, bit);
        foreach (UnsyncedOperation operation in _unsynced)
        {
            if (offset >= operation.Offset && offset < operation.Offset + operation.Length)
            {
                // The data may be shared with a clone.
                operation.Data = (byte[])operation.Data.Clone();
                operation.Data[offset - operation.Offset] ^= (byte)(1 << bit);
            }
        }
    }

    private static void ApplyTo(PagedBytes bytes, UnsyncedOperation operation, Survival survival)
    {
        if (operation.Kind == UnsyncedKind.Truncate)
        {
            bytes.SetLength(survival == Survival.Lost ? bytes.Length : operation.Offset);
            return;
        }

        long position = operation.Offset;
        long end = operation.Offset + operation.Length;
        for (int sector = 0; position < end; sector++)
        {
            long next = Math.Min(end, ((position / Survival.SectorBytes) + 1) * Survival.SectorBytes);
            if (survival.Keeps(sector))
            {
                int start = (int)(position - operation.Offset);
                bytes.Write(position, operation.Data.AsSpan(start, (int)(next - position)));
            }

            position = next;
        }
    }

    /// <summary>Settled changes become plain durable bytes once nothing unsettled is older than they are.</summary>
    private void Fold()
    {
        int count = 0;
        while (count < _unsynced.Count && _unsynced[count].Settled)
        {
            ApplyTo(_durable, _unsynced[count], Survival.Whole);
            count++;
        }

        _unsynced.RemoveRange(0, count);
    }
}
