using Keelson.Raft.Log;

namespace Keelson.Raft.Forwarding;

/// <summary>
/// Which forwarded proposals this member has decided about, as leader of the last term that it led. Promises:
/// <list type="bullet">
/// <item>a number is taken at most once in a term, however often its message arrives;</item>
/// <item>what is refused was never taken by this member, and will not be.</item>
/// </list>
/// </summary>
internal sealed class ForwardLedger
{
    private readonly Dictionary<(MemberId From, ulong Incarnation), DecidedNumbers> _decided = [];
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

    /// <summary>What was decided about a proposal of the term that this member leads.</summary>
    public ForwardDecision Find(ForwardedProposal proposal) =>
        _decided.TryGetValue((proposal.From, proposal.Incarnation), out DecidedNumbers? numbers)
            ? numbers[proposal.Number]
            : ForwardDecision.Unseen;

    /// <summary>
    /// Decides about a proposal of the term that this member leads. False when there are too many processes already:
    /// then none of that process' proposals can be taken until the term is over.
    /// </summary>
    public bool TryDecide(ForwardedProposal proposal, ForwardDecision decision)
    {
        (MemberId From, ulong Incarnation) process = (proposal.From, proposal.Incarnation);
        if (!_decided.TryGetValue(process, out DecidedNumbers? numbers))
        {
            if (_decided.Count >= _forwardersMax)
            {
                return false;
            }

            numbers = new DecidedNumbers();
            _decided.Add(process, numbers);
        }

        numbers.Decide(proposal.Number, decision);
        return true;
    }

    /// <summary>The host gives back what it was handed, if this member still knows of it.</summary>
    public void Refuse(ForwardedProposal proposal)
    {
        if (proposal.MadeIn == _led && Find(proposal) == ForwardDecision.Taken)
        {
            TryDecide(proposal, ForwardDecision.Refused);
        }
    }

    /// <summary>
    /// Whether this member, which does not lead that term and never will, has certainly not taken it.
    /// </summary>
    public bool IsRefusable(ForwardedProposal proposal) => proposal.MadeIn > _forgotten
        && (proposal.MadeIn != _led || Find(proposal) is ForwardDecision.Unseen or ForwardDecision.Refused);
}
