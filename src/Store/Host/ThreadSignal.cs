namespace Keelson.Store.Host;

/// <summary>
/// Wakes one thread: an auto-reset event on a futex. A monitor or an event of the runtime wakes the sleeper while its
/// own lock is still held, so that the sleeper often only wakes to wait for that lock: three switches of thread for one
/// hand-over, several times a batch.
/// </summary>
/// <remarks>
/// Promise: a <see cref="Wait"/> that begins after <see cref="Set"/>, or is under way, returns; several calls of
/// <see cref="Set"/> may count as one. A wait may also end early without a reason, as futex(2) says.
/// </remarks>
internal sealed class ThreadSignal
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Sleeping = -1;

    /// <summary>A year: longer waits end early, which a wait may.</summary>
    private const long SecondsMax = 365L * 24 * 3600;

    // On the pinned heap: the kernel knows the word by its address.
    private readonly int[] _word = GC.AllocateArray<int>(1, pinned: true);

    private ref int State => ref _word[0];

    /// <summary>Any thread.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref State, Signalled) == Sleeping)
        {
            LinuxCalls.WakeOne(ref State);
        }
    }

    /// <summary>Forgets what was signalled so far; the waiting thread, when it is about to look anyway.</summary>
    public void Clear() => Interlocked.Exchange(ref State, Idle);

    /// <summary>Waits for <see cref="Set"/>, at most this long; one thread only.</summary>
    public void Wait(TimeSpan patience)
    {
        if (Interlocked.CompareExchange(ref State, Sleeping, Idle) == Idle)
        {
            double seconds = patience == Timeout.InfiniteTimeSpan ? SecondsMax : patience.TotalSeconds;
            LinuxCalls.WaitWhile(ref State, Sleeping, Math.Min(seconds, SecondsMax));
        }

        Clear();
    }
}
