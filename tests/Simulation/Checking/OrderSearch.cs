namespace Keelson.Simulation.Checking;

/// <summary>
/// Whether a small history is linearizable, by search: depth first over the calls that nothing precedes, with a memory
/// of the dead ends (Wing and Gong, "Testing and Verifying Concurrent Objects", 1993; Lowe, "Testing for
/// Linearizability", 2017). Knows nothing of revisions but what the sequential object says.
/// </summary>
/// <typeparam name="TState">The sequential object's state; never changed in place.</typeparam>
/// <param name="Step">The state after a call, null when its result cannot come from this state.</param>
/// <param name="KeyOf">Equal for states that behave the same.</param>
internal sealed record OrderSearch<TState>(Func<TState, Call, TState?> Step, Func<TState, string> KeyOf)
    where TState : class
{
    /// <summary>The set of calls done is one number.</summary>
    public const int CallsMax = 63;

    /// <summary>True when some order explains all answers.</summary>
    public bool IsLinearizable(TState initial, IReadOnlyList<Call> history)
    {
        List<Call> calls = [.. history.Where(call => call.Outcome != CallOutcome.Refused)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls.Count, CallsMax, nameof(history));
        var dead = new HashSet<(ulong Done, string State)>();
        return Search(calls, initial, 0, dead);
    }

    private bool Search(List<Call> calls, TState state, ulong done, HashSet<(ulong Done, string State)> dead)
    {
        if (calls.Select((call, index) => (call, index)).All(each => IsDone(done, each.index) || MayStayOut(each.call)))
        {
            return true;
        }

        if (!dead.Add((done, KeyOf(state))))
        {
            return false;
        }

        long firstEnd = calls.Where((_, index) => !IsDone(done, index)).Min(call => call.Returned);
        for (int index = 0; index < calls.Count; index++)
        {
            bool mayBeNext = !IsDone(done, index) && calls[index].Invoked < firstEnd;
            if (mayBeNext && Step(state, calls[index]) is { } next
                && Search(calls, next, done | (1UL << index), dead))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDone(ulong done, int index) => ((done >> index) & 1) != 0;

    private static bool MayStayOut(Call call) => call.Outcome == CallOutcome.Unknown;
}
