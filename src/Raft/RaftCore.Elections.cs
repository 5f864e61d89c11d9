using Keelson.Raft.Messages;

namespace Keelson.Raft;

/// <summary>Terms, votes and who becomes what.</summary>
public sealed partial class RaftCore
{
    private readonly Dictionary<MemberId, bool> _votes = [];
    private long _ownVoteWrite;

    private void Campaign(bool forced)
    {
        _elapsed = 0;
        DrawElectionTimeout();
        // Who is no longer part of its last configuration may be needed to commit it (dissertation, section 4.2.2).
        if (!_configurations.MayDecide(Self, _log.Committed) || _snapshot is not null)
        {
            return;
        }

        if (forced)
        {
            BecomeCandidate(forced: true);
        }
        else
        {
            BecomePreCandidate();
        }
    }

    private void BecomePreCandidate()
    {
        Role = RaftRole.PreCandidate;
        Leader = default;
        _votes.Clear();
        AskForVotes(MessageKind.PreVote, _term.Next, forced: false);
        CountVote(Self, granted: true);
    }

    // The own vote counts when it is durable (Persisted): a candidate that forgets it could vote twice in the term.
    private void BecomeCandidate(bool forced)
    {
        EnterTerm(_term.Next);
        Role = RaftRole.Candidate;
        Leader = default;
        _vote = Self;
        _ownVoteWrite = _writes.Next;
        _votes.Clear();
        AskForVotes(MessageKind.Vote, _term, forced);
    }

    private void AskForVotes(MessageKind kind, Term term, bool forced)
    {
        foreach (MemberId member in Configuration.Members.Where(each => each != Self && Configuration.IsVoter(each)))
        {
            Send(Make(kind, member) with { Term = term, Previous = _log.LastId, Forced = forced });
        }
    }

    private void CountVote(MemberId member, bool granted)
    {
        _votes.TryAdd(member, granted);
        bool? won = Configuration.Decide(each => _votes.TryGetValue(each, out bool vote) ? vote : null);
        if (won == false)
        {
            BecomeFollower(_term, default);
        }
        else if (won == true && Role == RaftRole.PreCandidate)
        {
            BecomeCandidate(forced: false);
        }
        else if (won == true)
        {
            BecomeLeader();
        }
    }

    private void BecomeFollower(Term term, MemberId leader)
    {
        if (term > _term)
        {
            EnterTerm(term);
        }

        if (Role == RaftRole.Leader)
        {
            StopLeading();
        }

        Role = RaftRole.Follower;
        Leader = leader;
        _elapsed = 0;
        DrawElectionTimeout();
    }

    private void EnterTerm(Term term)
    {
        _term = term;
        _vote = default;
        _writes.DropHeld();
    }

    // False when the message is to be ignored.
    private bool MeetNewerTerm(Message message)
    {
        bool asksForVote = message.Kind is MessageKind.PreVote or MessageKind.Vote;
        if (asksForVote && !message.Forced && Leader.Value != 0 && _elapsed < _options.ElectionTicks)
        {
            // There is a leader: whoever asks was cut off from it, or removed (dissertation, section 4.2.3).
            return false;
        }

        bool changesNothing = message.Kind == MessageKind.PreVote
            || (message.Kind == MessageKind.PreVoteResponse && !message.Rejected);
        if (!changesNothing)
        {
            BecomeFollower(message.Term, IsFromLeader(message) ? message.From : default);
        }

        return true;
    }

    // A leader of an older term, or one that a member with a higher term cannot follow, learns of the term by the
    // answer
    // and steps down once; without it two members could wait for each other for ever.
    private void AnswerOlderTerm(Message message)
    {
        if (IsFromLeader(message))
        {
            Send(Make(MessageKind.AppendResponse, message.From) with { Rejected = true });
        }
        else if (message.Kind == MessageKind.PreVote)
        {
            Send(Make(MessageKind.PreVoteResponse, message.From) with { Rejected = true });
        }
        else if (message.Kind == MessageKind.Forward)
        {
            TakeForward(message);
        }
        else if (message.Kind == MessageKind.ForwardRefused)
        {
            // What will never happen will not happen in a later term either.
            TakeForwardRefused(message);
        }
    }

    private static bool IsFromLeader(Message message) =>
        message.Kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot;

    private void AnswerPreVote(Message message)
    {
        bool granted = message.Term > _term || MayVoteFor(message.From);
        granted &= _log.IsUpToDate(message.Previous);
        Term term = granted ? message.Term : _term;
        Send(Make(MessageKind.PreVoteResponse, message.From) with { Term = term, Rejected = !granted });
    }

    // Learners answer too: the candidate may know of a promotion that has not reached them yet.
    private void AnswerVote(Message message)
    {
        bool granted = MayVoteFor(message.From) && _log.IsUpToDate(message.Previous);
        if (granted)
        {
            _vote = message.From;
            _elapsed = 0;
        }

        SendWhenWritten(Make(MessageKind.VoteResponse, message.From) with { Rejected = !granted });
    }

    private bool MayVoteFor(MemberId candidate) => _vote == candidate || (_vote.Value == 0 && Leader.Value == 0);

    private void TakePreVoteResponse(Message message)
    {
        bool answersThis = message.Rejected ? message.Term == _term : message.Term == _term.Next;
        if (Role == RaftRole.PreCandidate && answersThis)
        {
            CountVote(message.From, !message.Rejected);
        }
    }

    private void TakeVoteResponse(Message message)
    {
        if (Role == RaftRole.Candidate)
        {
            CountVote(message.From, !message.Rejected);
        }
    }

    private void Dispatch(Message message)
    {
        if (IsFromLeader(message))
        {
            FollowLeader(message);
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.PreVote:
                AnswerPreVote(message);
                break;
            case MessageKind.Vote:
                AnswerVote(message);
                break;
            case MessageKind.PreVoteResponse:
                TakePreVoteResponse(message);
                break;
            case MessageKind.VoteResponse:
                TakeVoteResponse(message);
                break;
            case MessageKind.TimeoutNow:
                Obey(message);
                break;
            case MessageKind.ReadIndexResponse:
                TakeReadIndex(message);
                break;
            case MessageKind.Forward:
                TakeForward(message);
                break;
            case MessageKind.ForwardRefused:
                TakeForwardRefused(message);
                break;
            default:
                TakeFromMember(message);
                break;
        }
    }
}
