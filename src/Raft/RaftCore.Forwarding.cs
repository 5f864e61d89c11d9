using Keelson.Raft.Forwarding;
using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft;

/// <summary>
/// Proposals made at one member and put into the log by another. One made in a term becomes an entry of that term, at
/// most once, or none: the leader takes each number once, and a member says that something will not happen only when
/// it knows that it has not taken it.
/// </summary>
/// <remarks>
/// Terms never fall along a log. So whoever has applied an entry of a later term knows of everything that was forwarded
/// in the earlier one and has not appeared that it never will.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly ForwardLedger _forwards;
    private readonly List<ForwardedProposal> _forwarded = [];
    private readonly List<RefusedProposal> _refused = [];
    private long _forwardedBytes;

    /// <summary>
    /// Sends a proposal to the leader of the term. It may be lost on the way, and nobody says so: within the term the
    /// same may be sent again under the same number, and still happens at most once.
    /// </summary>
    /// <param name="madeIn">The term in which the caller decided to propose it.</param>
    /// <param name="incarnation">The caller's process: a random number, not 0.</param>
    /// <param name="number">
    /// Positive; a new proposal's is above all that this process has forwarded before, one's that is sent again is at
    /// most <see cref="DecidedNumbers.Window"/> below the highest.
    /// </param>
    /// <param name="payload">Not to be changed afterwards.</param>
    public ProposalResult Forward(Term madeIn, ulong incarnation, long number, ReadOnlyMemory<byte> payload)
    {
        Invariant.Require(incarnation != 0 && number > 0);
        if (madeIn != _term)
        {
            return ProposalResult.TermIsOver;
        }

        if (Leader.Value == 0 || Leader == Self)
        {
            return ProposalResult.NotLeader;
        }

        Send(Make(MessageKind.Forward, Leader) with
        {
            Incarnation = incarnation,
            Round = number,
            Entries = [new Entry(default, default, EntryKind.Normal, payload)],
        });
        return ProposalResult.Forwarded;
    }

    /// <summary>The host did not propose it and will not: whoever made it is told.</summary>
    public void RefuseForwarded(ForwardedProposal proposal)
    {
        _forwards.Refuse(proposal);
        Send(Make(MessageKind.ForwardRefused, proposal.From) with
        {
            Incarnation = proposal.Incarnation,
            Round = proposal.Number,
            Hint = new EntryId(default, proposal.MadeIn),
        });
    }

    private void TakeForward(Message message)
    {
        if (message.Entries.Count != 1 || message.Incarnation == 0 || message.Round <= 0)
        {
            return;
        }

        var proposal = new ForwardedProposal(
            message.From, message.Incarnation, message.Round, message.Entries[0].Payload)
        { MadeIn = message.Term };
        if (Role == RaftRole.Leader && message.Term == _term)
        {
            TakeForwarded(proposal, message.Entries[0].Bytes);
        }
        else if (MayRefuse(proposal))
        {
            RefuseForwarded(proposal);
        }
    }

    // A candidate may come to lead the term, and then take what it refused before.
    private bool MayRefuse(ForwardedProposal proposal) => (Role != RaftRole.Candidate || proposal.MadeIn != _term)
        && _forwards.IsRefusable(proposal);

    // What is refused is decided too: its message may come again when there is room.
    private void TakeForwarded(ForwardedProposal proposal, int bytes)
    {
        ForwardDecision before = _forwards.Find(proposal);
        if (before is ForwardDecision.Taken or ForwardDecision.Forgotten)
        {
            return;
        }

        bool fits = _forwarded.Count == 0 || _forwardedBytes + bytes <= _options.ForwardedBytesMax;
        bool takes = before == ForwardDecision.Unseen && fits && Configuration.Contains(proposal.From);
        if (_forwards.TryDecide(proposal, takes ? ForwardDecision.Taken : ForwardDecision.Refused) && takes)
        {
            _forwarded.Add(proposal);
            _forwardedBytes += bytes;
        }
        else
        {
            RefuseForwarded(proposal);
        }
    }

    private void TakeForwardRefused(Message message) =>
        _refused.Add(new RefusedProposal(message.Incarnation, message.Round, message.Hint.Term));

    // The host has not seen them, so they are nowhere.
    private void RefuseWaiting() => TakeForwarded().ToList().ForEach(RefuseForwarded);

    private ForwardedProposal[] TakeForwarded()
    {
        ForwardedProposal[] forwarded = [.. _forwarded];
        _forwarded.Clear();
        _forwardedBytes = 0;
        return forwarded;
    }

    private RefusedProposal[] TakeRefused()
    {
        RefusedProposal[] refused = [.. _refused];
        _refused.Clear();
        return refused;
    }
}
