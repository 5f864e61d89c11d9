using Keelson.Raft.Log;

namespace Keelson.Raft.Forwarding;

/// <summary>
/// Which forwarded proposals this member has decided about, as leader of the last term that it led. Promises:
/// <list type="bullet">
/// <item>a number is new at most once in a term, however often its message arrives;</item>
/// <item>what can be refused was never taken by this member, and will not be.</item>
/// </list>
/// </summary>
/// <remarks>
/// Messages of one process arrive in order or late, so the highest number decided says everything: a lower one was
/// decided, or overtaken, and then nobody says what became of it.
/// </remarks>
internal sealed class ForwardLedger
{
    private readonly Dictionary<(MemberId From, ulong Incarnation), long> _decided = [];
    private readonly int _forwardersMax;
    private Term _led;
    private Term _forgotten;

    /// <summary>
    /// Nothing is known of the terms that this member may have led before it began: those before the one it starts in,
    /// and that one too when it voted for itself (nobody leads without that vote on its disk).
    /// </summary>
    public ForwardLedger(int forwardersMax, HardState start, MemberId self)
    {
        _forwardersMax = forwardersMax;
        _forgotten = start.Vote == self ? start.Term : new Term(start.Term.Value - 1);
    }

    /// <summary>This member begins to lead a term; what it took in earlier ones is forgotten.</summary>
    public void Lead(Term term)
    {
        _decided.Clear();
        _forgotten = new Term(term.Value - 1);
        _led = term;
    }

    /// <summary>
    /// Whether a number made in this term is new; it is not from then on. <paramref name="taken"/> is false when there
    /// are too many processes already: it will never be taken then.
    /// </summary>
    public bool TryDecide(MemberId from, ulong incarnation, long number, out bool taken)
    {
        taken = true;
        if (_decided.TryGetValue((from, incarnation), out long highest))
        {
            _decided[(from, incarnation)] = Math.Max(highest, number);
            return number > highest;
        }

        taken = _decided.Count < _forwardersMax;
        if (taken)
        {
            _decided.Add((from, incarnation), number);
        }

        return true;
    }

    /// <summary>
    /// Whether this member, which does not lead that term and never will, has certainly not taken it.
    /// </summary>
    public bool IsRefusable(Term madeIn, MemberId from, ulong incarnation, long number) => madeIn > _forgotten
        && (madeIn != _led || !_decided.TryGetValue((from, incarnation), out long highest) || number > highest);
}
