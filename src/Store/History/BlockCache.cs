using Keelson.Base.Memory;

namespace Keelson.Store.History;

/// <summary>
/// Blocks read from segment files, bounded in bytes. Striped, each stripe a CLOCK (Corbató, "A Paging Experiment with
/// the Multics System", 1968): a block once read again survives a turn of the hand, one read by a scan does not.
/// </summary>
/// <remarks>
/// Promises: a block got inside an epoch pin stays readable until the pin ends; an evicted block retires through the
/// gate. A block larger than a stripe's share is never kept. Any thread.
/// </remarks>
internal sealed class BlockCache : IDisposable
{
    /// <summary>Readers of different blocks rarely meet; each stripe's lock is held for tens of nanoseconds.</summary>
    private const int StripesMax = 16;

    /// <summary>
    /// A small cache has fewer stripes: the index of a segment (64 MiB with an entry of 16 bytes for every 4 KiB is
    /// 256 KiB) must fit into one, or each read of an old value would read it from disk again.
    /// </summary>
    private const long StripeBytesMin = 1 << 20;

    private readonly BlockCacheStripe[] _stripes;

    public BlockCache(EpochGate epochs, long bytesMax)
    {
        int stripes = (int)Math.Clamp(bytesMax / StripeBytesMin, 1, StripesMax);
        _stripes = new BlockCacheStripe[stripes];
        for (int index = 0; index < stripes; index++)
        {
            _stripes[index] = new BlockCacheStripe(epochs, bytesMax / stripes);
        }
    }

    /// <summary>Bytes kept now.</summary>
    public long Bytes => _stripes.Sum(stripe => stripe.Bytes);

    public BlockCacheStripe StripeOf(BlockKey key)
    {
        // Fibonacci hashing: neighbouring blocks and segments spread over the stripes.
        ulong mixed = unchecked((key.Segment + ((ulong)(uint)key.Offset >> 8)) * 0x9E3779B97F4A7C15);
        return _stripes[(int)((mixed >> 32) * (uint)_stripes.Length >> 32)];
    }

    public void Dispose()
    {
        foreach (BlockCacheStripe stripe in _stripes)
        {
            stripe.Clear();
        }
    }
}
