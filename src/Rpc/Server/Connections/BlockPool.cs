using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections.Features;

namespace Keelson.Rpc.Server.Connections;

/// <summary>
/// Memory for what goes out on connections and their streams. A connection that is made without the runtime's hosting
/// gets the shared array pool (.NET 10), which keeps a few dozen arrays of a size: an event for thousands of streams
/// took a new block for each, and most of its CPU was the collector's.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFeature
{
    private const int BlockBytes = 4096;

    /// <summary>Enough for 16,384 streams that write at the same moment.</summary>
    private const long KeptBytesMax = 64L << 20;

    /// <summary>At most this part of the memory is kept.</summary>
    private const int MemoryDivisor = 64;

    private readonly ConcurrentQueue<Block> _kept = new();
    private readonly int _keptMax;
    private int _count;

    public BlockPool(long memoryBytes)
    {
        _keptMax = (int)(Math.Min(KeptBytesMax, memoryBytes / MemoryDivisor) / BlockBytes);
    }

    public override int MaxBufferSize => BlockBytes;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_kept.TryDequeue(out Block? block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _count);
        block.Taken();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= _keptMax)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes);
        private int _isTaken = 1;

        public Memory<byte> Memory => _bytes;

        public void Taken() => Volatile.Write(ref _isTaken, 1);

        /// <summary>Once for each time that it was taken: a block that two have would mix their bytes.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isTaken, 0) == 1)
            {
                pool.Return(this);
            }
        }
    }
}
