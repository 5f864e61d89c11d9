using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// Records what clients call and what they are told. Time is a counter: each begin and each end has a moment of its
/// own, so that nothing is both before and beside something else.
/// </summary>
/// <param name="now">Virtual time in microseconds, where somebody needs it.</param>
internal sealed class CallHistory(Func<long>? now = null)
{
    private readonly List<Call> _calls = [];
    private long _moment;

    /// <summary>In the order in which they began; the n-th has the number n.</summary>
    public IReadOnlyList<Call> Calls => _calls;

    public Call Invoke(int client, Operation request)
    {
        var call = new Call(_calls.Count + 1, client, request, ++_moment) { BeganAt = now?.Invoke() ?? 0 };
        _calls.Add(call);
        return call;
    }

    public void Answer(Call call, OperationResult result)
    {
        call.Result = result;
        End(call, CallOutcome.Answered);
    }

    public void Refuse(Call call) => End(call, CallOutcome.Refused);

    private void End(Call call, CallOutcome outcome)
    {
        if (call.Returned != Call.Never)
        {
            throw new InvalidOperationException($"{call} ends twice");
        }

        call.Returned = ++_moment;
        call.Outcome = outcome;
        call.EndedAt = now?.Invoke() ?? 0;
    }
}
