namespace Keelson.Rpc.Server;

/// <summary>
/// Whether calls run that end by themselves. Counted in stripes, each a cache line of its own: one counter would travel
/// between the cores with every call.
/// </summary>
internal sealed class RunningCalls
{
    private const int Stripes = 16;
    private const int StripeLongs = 16;

    private readonly long[] _entered = new long[Stripes * StripeLongs];
    private readonly long[] _left = new long[Stripes * StripeLongs];

    /// <summary>
    /// True when there was a moment without a call since this was asked. The ends are read first: as many beginnings
    /// afterwards mean that nothing ran in between.
    /// </summary>
    public bool IsIdle
    {
        get
        {
            long left = Sum(_left);
            return Sum(_entered) == left;
        }
    }

    public void Enter() => Interlocked.Increment(ref _entered[Stripe]);

    public void Leave() => Interlocked.Increment(ref _left[Stripe]);

    private static int Stripe => Environment.CurrentManagedThreadId % Stripes * StripeLongs;

    private static long Sum(long[] counts)
    {
        long sum = 0;
        for (int stripe = 0; stripe < counts.Length; stripe += StripeLongs)
        {
            sum += Interlocked.Read(ref counts[stripe]);
        }

        return sum;
    }
}
