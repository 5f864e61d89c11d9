using System.Runtime.InteropServices;

namespace Keelson.Base.Memory;

/// <summary>
/// Lets readers use memory that one owner replaces, without locks or reference counts (epoch-based reclamation, Fraser,
/// "Practical lock-freedom", 2004, section 5.2.3).
/// </summary>
/// <remarks>
/// Promises: memory retired after a reader entered is not freed before that reader leaves. A reader announces the
/// current epoch in a slot of its own and then loads what it reads; an owner first unlinks memory, then retires it
/// with the epoch of that moment; memory is freed once every announced epoch is younger. A slot holds 0 when free.
/// Entering allocates nothing. <see cref="Retire"/> and <see cref="Collect"/> may be called from any thread.
/// </remarks>
public sealed class EpochGate : IDisposable
{
    /// <summary>More readers than this at once wait for a slot; a reader holds one for microseconds.</summary>
    public const int ReadersMax = 128;

    /// <summary>
    /// Slots are this many longs apart so that no two share a cache line (64 bytes, prefetched in pairs).
    /// </summary>
    private const int SlotStride = 16;

    private readonly long[] _slots = new long[ReadersMax * SlotStride];
    private readonly Lock _retiredLock = new();
    private readonly Queue<Retired> _retired = new();
    private long _epoch = 1;
    private long _retiredBytes;

    /// <summary>Bytes retired and not yet freed.</summary>
    public long RetiredBytes => Volatile.Read(ref _retiredBytes);

    /// <summary>True while any reader is inside; who closes a door first and then waits for false is alone.</summary>
    public bool HasReaders => OldestAnnounced() != long.MaxValue;

    /// <summary>Announces a reader. Dispose the pin on the same thread, soon.</summary>
    public EpochPin Enter()
    {
        int start = Environment.CurrentManagedThreadId % ReadersMax;
        var spinner = new SpinWait();
        while (true)
        {
            for (int step = 0; step < ReadersMax; step++)
            {
                ref long slot = ref _slots[(start + step) % ReadersMax * SlotStride];
                // The compare-exchange is a full fence: the reads of the caller come after the announcement.
                if (Volatile.Read(ref slot) == 0
                    && Interlocked.CompareExchange(ref slot, Volatile.Read(ref _epoch), 0) == 0)
                {
                    return new EpochPin(ref slot);
                }
            }

            spinner.SpinOnce();
        }
    }

    /// <summary>Takes over memory that no new reader can reach any more.</summary>
    public void Retire(NativeBlock block)
    {
        lock (_retiredLock)
        {
            _retired.Enqueue(new Retired(block, Volatile.Read(ref _epoch)));
            _retiredBytes += block.Length;
        }
    }

    /// <summary>
    /// Frees what no reader of an older epoch can still see, and begins a new one if anything waits for it. A full
    /// fence in any case.
    /// </summary>
    public void Collect()
    {
        Interlocked.MemoryBarrier();
        lock (_retiredLock)
        {
            if (_retired.Count == 0)
            {
                // Nothing to free, so nobody needs a younger epoch or the 128 slots: the usual case between batches.
                return;
            }

            Interlocked.Increment(ref _epoch);
            long oldest = OldestAnnounced();
            while (_retired.TryPeek(out Retired head) && head.Epoch < oldest)
            {
                _retired.Dequeue();
                _retiredBytes -= head.Block.Length;
                head.Block.Free();
            }
        }
    }

    /// <summary>
    /// The epoch of this moment, for owners that keep their own list of what they unlinked: readers of later epochs
    /// cannot see what was unlinked before the call.
    /// </summary>
    public long Stamp()
    {
        // The unlinking store must be visible before the epoch is read, or a reader of the next one could miss it.
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _epoch);
    }

    /// <summary>
    /// Begins a new epoch and returns the oldest one that a reader still announces (<see cref="long.MaxValue"/> without
    /// readers): what carries a smaller <see cref="Stamp"/> has no reader left.
    /// </summary>
    public long Advance()
    {
        Interlocked.Increment(ref _epoch);
        return OldestAnnounced();
    }

    /// <summary>
    /// Begins a new epoch; once <see cref="HasPassed"/> says so of the returned mark, every reader that was inside at
    /// this moment has left. For what is not memory: a file that readers may still open.
    /// </summary>
    public long Mark() => Interlocked.Increment(ref _epoch);

    /// <summary>True when no reader from before <paramref name="mark"/> is inside.</summary>
    public bool HasPassed(long mark) => OldestAnnounced() >= mark;

    /// <summary>Frees everything; no reader may be inside.</summary>
    public void Dispose()
    {
        lock (_retiredLock)
        {
            Invariant.Require(OldestAnnounced() == long.MaxValue);
            while (_retired.TryDequeue(out Retired head))
            {
                head.Block.Free();
            }

            _retiredBytes = 0;
        }
    }

    private long OldestAnnounced()
    {
        long oldest = long.MaxValue;
        for (int index = 0; index < _slots.Length; index += SlotStride)
        {
            long announced = Volatile.Read(ref _slots[index]);
            oldest = announced == 0 ? oldest : Math.Min(oldest, announced);
        }

        return oldest;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Retired(NativeBlock Block, long Epoch);
}
