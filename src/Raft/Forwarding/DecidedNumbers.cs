namespace Keelson.Raft.Forwarding;

/// <summary>
/// What was decided about the last numbers of one process, each by itself: so a message that was lost may be sent
/// again, whichever others came meanwhile.
/// </summary>
internal sealed class DecidedNumbers
{
    /// <summary>Far more than a process has under way at a time.</summary>
    public const int Window = 256;

    private readonly ForwardDecision[] _decisions = new ForwardDecision[Window];
    private long _highest;

    public ForwardDecision this[long number] => number > _highest ? ForwardDecision.Unseen
        : number <= _highest - Window ? ForwardDecision.Forgotten
        : _decisions[number % Window];

    /// <summary>Remembers a decision about a number that is not forgotten.</summary>
    public void Decide(long number, ForwardDecision decision)
    {
        Invariant.Require(number > _highest - Window);
        if (number - _highest >= Window)
        {
            Array.Clear(_decisions);
            _highest = number;
        }

        while (_highest < number)
        {
            _highest++;
            _decisions[_highest % Window] = ForwardDecision.Unseen;
        }

        _decisions[number % Window] = decision;
    }
}
