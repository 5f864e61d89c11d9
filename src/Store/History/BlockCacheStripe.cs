using System.Runtime.InteropServices;
using Keelson.Base.Memory;

namespace Keelson.Store.History;

/// <summary>One lock's share of the <see cref="BlockCache"/>.</summary>
internal sealed class BlockCacheStripe(EpochGate epochs, long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockKey, int> _places = [];
    private readonly Stack<int> _free = [];
    private Entry[] _entries = new Entry[16];
    private int _count;
    private int _hand;
    private long _bytes;
    private long _evictions;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Rises whenever a block goes: a reader whose block was here at this number still has it.</summary>
    public long Evictions => Volatile.Read(ref _evictions);

    public bool TryGet(BlockKey key, out NativeBlock block)
    {
        lock (_lock)
        {
            block = default;
            if (_places.TryGetValue(key, out int place))
            {
                _entries[place].IsUsed = true;
                block = _entries[place].Block;
            }

            return !block.IsNull;
        }
    }

    /// <summary>
    /// The block if it is here and has the expected length (the last block of a growing file may not).
    /// </summary>
    public bool TryGet(BlockKey key, int length, out NativeBlock block)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(key, out int place) && _entries[place].Block.Length == length)
            {
                _entries[place].IsUsed = true;
                block = _entries[place].Block;
                return true;
            }
        }

        block = default;
        return false;
    }

    /// <summary>
    /// Gives the block to the cache, which owns it from now on; the caller goes on reading what is returned, inside
    /// its pin. A block that was brought twice or is too large is retired at once.
    /// </summary>
    public NativeBlock Add(BlockKey key, NativeBlock block, out bool isKept)
    {
        lock (_lock)
        {
            isKept = true;
            if (_places.TryGetValue(key, out int place))
            {
                if (_entries[place].Block.Length == block.Length)
                {
                    epochs.Retire(block);
                    return _entries[place].Block;
                }

                Remove(place);
            }

            if (block.Length > bytesMax)
            {
                isKept = false;
                epochs.Retire(block);
                return block;
            }

            while (_bytes + block.Length > bytesMax)
            {
                EvictOne();
            }

            Insert(key, block);
            return block;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            foreach (int place in _places.Values.ToArray())
            {
                Remove(place);
            }
        }
    }

    private void Insert(BlockKey key, NativeBlock block)
    {
        if (!_free.TryPop(out int place))
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }

            place = _count++;
        }

        _entries[place] = new Entry { Key = key, Block = block };
        _places.Add(key, place);
        Volatile.Write(ref _bytes, _bytes + block.Length);
    }

    private void EvictOne()
    {
        while (true)
        {
            _hand = (_hand + 1) % _count;
            ref Entry entry = ref _entries[_hand];
            if (!entry.Block.IsNull && !entry.IsUsed)
            {
                Remove(_hand);
                return;
            }

            entry.IsUsed = false;
        }
    }

    private void Remove(int place)
    {
        Entry entry = _entries[place];
        _entries[place] = default;
        _places.Remove(entry.Key);
        _free.Push(place);
        Volatile.Write(ref _bytes, _bytes - entry.Block.Length);
        Volatile.Write(ref _evictions, _evictions + 1);
        epochs.Retire(entry.Block);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public BlockKey Key { get; set; }

        public NativeBlock Block { get; set; }

        public bool IsUsed { get; set; }
    }
}
