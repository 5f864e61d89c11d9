namespace Keelson.Store.Tree;

/// <summary>Bounds the memory of pages: cold clean leaves are dropped, the second chance going round (CLOCK).</summary>
internal sealed partial class PageStore
{
    private int _hand = 1;

    /// <summary>
    /// Drops clean leaves that were not read since the hand last passed, until the bound holds or nothing is left to
    /// drop. For the maintenance thread. Returns the bytes dropped; they are freed when no reader can see them.
    /// </summary>
    public long Evict()
    {
        const int framesPerTurn = 1024;
        lock (_lock)
        {
            ReclaimLocked();
        }

        long dropped = 0;
        long excess = ResidentBytes - _options.ResidentBytesMax;

        // Twice around: the first time takes the second chances away.
        for (long steps = 2L * _frames.End; steps > 0 && dropped < excess; steps -= framesPerTurn)
        {
            lock (_lock)
            {
                dropped += DropColdLocked((int)Math.Min(framesPerTurn, steps), excess - dropped);
            }
        }

        lock (_lock)
        {
            ReclaimLocked();
        }

        return dropped;
    }

    private long DropColdLocked(int frames, long wanted)
    {
        long dropped = 0;
        for (; frames > 0 && dropped < wanted; frames--)
        {
            _hand = _hand + 1 < _frames.End ? _hand + 1 : 1;
            ref Frame entry = ref _frames[_hand];
            nint address = Volatile.Read(ref entry.Address);
            if (entry.Level != 0 || entry.DiskSegment == 0 || address == 0)
            {
                continue;
            }

            if (entry.Referenced)
            {
                entry.Referenced = false;
            }
            else if (Interlocked.CompareExchange(ref entry.Address, 0, address) == address)
            {
                dropped += Bytes(address).Length;
                _limbo.Enqueue(new Limbo(0, address, 0, _epochs.Stamp()));
            }
        }

        return dropped;
    }
}
