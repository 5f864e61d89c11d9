using Keelson.Base;
using Keelson.Base.Memory;

namespace Keelson.Store.Tree;

/// <summary>
/// Memory of freed pages, kept for the next ones of about the same size. Every put copies a page and frees one; the
/// allocator of the C library splits and joins its chunks each time, and gives out memory that no cache has seen for
/// long.
/// </summary>
/// <remarks>
/// Any thread. Keeps at most <see cref="KeptBytesMax"/>; larger pages than it has classes for go straight back.
/// </remarks>
internal sealed class PagePool : IDisposable
{
    public const int KeptBytesMax = 4 << 20;

    private const int ClassShift = 7;
    private const int ClassBytes = 1 << ClassShift;
    private const int PooledBytesMax = 8 << 10;

    private readonly Lock _lock = new();
    private readonly Stack<nint>[] _kept =
        [.. Enumerable.Range(0, ClassOf(PooledBytesMax) + 1).Select(static _ => new Stack<nint>())];

    private int _keptBytes;

    /// <summary>Bytes that wait for their next use.</summary>
    public int KeptBytes => Volatile.Read(ref _keptBytes);

    /// <summary>A block of exactly <paramref name="bytes"/>, of undefined content.</summary>
    public NativeBlock Rent(int bytes)
    {
        Invariant.Require(bytes > 0);
        if (bytes > PooledBytesMax)
        {
            return NativeBlock.Allocate(bytes);
        }

        int capacity = CapacityOf(bytes);
        lock (_lock)
        {
            if (_kept[ClassOf(bytes)].TryPop(out nint address))
            {
                _keptBytes -= capacity;
                return NativeBlock.FromAddress(address, bytes);
            }
        }

        return NativeBlock.FromAddress(NativeBlock.Allocate(capacity).Address, bytes);
    }

    /// <summary>Takes a block back; its length is the one that was asked for.</summary>
    public void Return(NativeBlock block)
    {
        int capacity = CapacityOf(block.Length);
        if (block.Length <= PooledBytesMax)
        {
            lock (_lock)
            {
                if (_keptBytes + capacity <= KeptBytesMax)
                {
                    _kept[ClassOf(block.Length)].Push(block.Address);
                    _keptBytes += capacity;
                    return;
                }
            }
        }

        block.Free();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Stack<nint> addresses in _kept)
            {
                while (addresses.TryPop(out nint address))
                {
                    NativeBlock.FromAddress(address, ClassBytes).Free();
                }
            }

            _keptBytes = 0;
        }
    }

    private static int ClassOf(int bytes) => (bytes + ClassBytes - 1) >> ClassShift;

    private static int CapacityOf(int bytes) => ClassOf(bytes) << ClassShift;
}
