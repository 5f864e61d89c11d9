namespace Keelson.Store.Tree;

/// <summary>Bounds the memory of pages: cold clean leaves are dropped, the second chance going round (CLOCK).</summary>
internal sealed partial class PageStore
{
    /// <summary>Loading may pass the bound by this part of it before the reader itself sees to it.</summary>
    private const int ExcessDivisor = 8;

    private int _hand = 1;
    private long _droppedBytes;
    private long _excessNext;
    private int _isLoaderEvicting;

    /// <summary>Bytes above the bound; what was dropped and waits for readers does not count.</summary>
    private long ExcessBytes =>
        ResidentBytes - Interlocked.Read(ref _droppedBytes) - _options.ResidentBytesMax;

    /// <summary>
    /// Drops clean leaves that were not read since the hand last passed, until the bound holds or nothing is left to
    /// drop. Any thread. Returns the bytes dropped; they are freed when no reader can see them.
    /// </summary>
    public long Evict()
    {
        const int framesPerTurn = 1024;
        lock (_lock)
        {
            ReclaimLocked();
        }

        long dropped = 0;
        long excess = ExcessBytes;

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

        AllowExcess();
        return dropped;
    }

    /// <summary>
    /// Readers of a tree that is larger than the memory load more in a second than it has: they do not wait for
    /// maintenance to look around. What cannot be dropped now is not looked for again before as much came on top.
    /// </summary>
    private void EvictWhenFarOver()
    {
        if (ExcessBytes > Volatile.Read(ref _excessNext) && Interlocked.Exchange(ref _isLoaderEvicting, 1) == 0)
        {
            try
            {
                Evict();
            }
            finally
            {
                Volatile.Write(ref _isLoaderEvicting, 0);
            }
        }
    }

    private void AllowExcess() => Volatile.Write(
        ref _excessNext, Math.Max(0, ExcessBytes) + (_options.ResidentBytesMax / ExcessDivisor));

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
                Interlocked.Add(ref _droppedBytes, Bytes(address).Length);
                _limbo.Enqueue(new Limbo(0, address, 0, _epochs.Stamp()));
            }
        }

        return dropped;
    }
}
