namespace Keelson.Fuzz.Driver;

/// <summary>
/// Feeds a target one input per seed and stops at the first fault. The inputs run on a thread of their own, so that one
/// that never ends is noticed, and its seed told.
/// </summary>
internal sealed class FuzzDriver(FuzzTarget target)
{
    private const int PollMilliseconds = 50;

    private long _seed;
    private long _inputs;
    private long _accepted;

    /// <summary>Inputs tried so far.</summary>
    public long Inputs => Interlocked.Read(ref _inputs);

    /// <summary>Inputs that the target accepted; without any, mutations reach nothing behind its first check.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>The seed that is being tried, or was last.</summary>
    public ulong Seed => unchecked((ulong)Interlocked.Read(ref _seed));

    /// <summary>What one input may take; only the driver's own test shortens it.</summary>
    public int HangMilliseconds { get; init; } = FuzzLimits.HangMilliseconds;

    /// <summary>Every valid sample must be accepted; also brings code and static data into memory.</summary>
    public FuzzFault? TryCorpus()
    {
        for (int sample = 0; sample < target.Corpus.Count; sample++)
        {
            if (!target.Prepare(target.Corpus[sample].Copy())())
            {
                return new FuzzFault(target.Name, 0, FuzzFaultKind.Exception, $"sample {sample} is refused");
            }
        }

        return null;
    }

    /// <summary>Tries seeds from <paramref name="first"/> on while <paramref name="goesOn"/> says so.</summary>
    public FuzzFault? Run(ulong first, Func<bool> goesOn)
    {
        FuzzFault? fault = TryCorpus();
        if (fault is not null)
        {
            return fault;
        }

        Interlocked.Exchange(ref _seed, unchecked((long)first));
        var thread = new Thread(() => fault = Try(first, goesOn)) { IsBackground = true, Name = target.Name };
        thread.Start();
        long seen = -1;
        long since = Environment.TickCount64;
        while (!thread.Join(PollMilliseconds))
        {
            long inputs = Inputs;
            long now = Environment.TickCount64;
            since = inputs == seen ? since : now;
            seen = inputs;
            if (now - since > HangMilliseconds)
            {
                return new FuzzFault(target.Name, Seed, FuzzFaultKind.Hang, $"no answer in {HangMilliseconds} ms");
            }
        }

        return fault;
    }

    /// <summary>Tries one seed.</summary>
    public FuzzFault? TryOne(ulong seed)
    {
        FuzzInput input = Mutator.Create(target, seed);
        Func<bool> read = target.Prepare(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            if (read())
            {
                Interlocked.Increment(ref _accepted);
            }
        }
        catch (Exception exception)
        {
            return new FuzzFault(target.Name, seed, FuzzFaultKind.Exception, exception.ToString());
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated <= target.AllocatedBytesMax(input)
            ? null
            : new FuzzFault(
                target.Name, seed, FuzzFaultKind.Allocation, $"{allocated} bytes for an input of {input.Length}");
    }

    private FuzzFault? Try(ulong first, Func<bool> goesOn)
    {
        for (ulong seed = first; goesOn(); seed++)
        {
            Interlocked.Exchange(ref _seed, unchecked((long)seed));
            if (TryOne(seed) is { } fault)
            {
                return fault;
            }

            Interlocked.Increment(ref _inputs);
        }

        return null;
    }
}
