using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Raft.Replication;

namespace Keelson.Raft;

/// <summary>Changes of the cluster, one at a time.</summary>
public sealed partial class RaftCore
{
    private readonly ConfigurationHistory _configurations;

    /// <summary>
    /// Adds a changed configuration to the leader's log. Where voters change it is a joint one, which the leader leaves
    /// by itself once it is committed.
    /// </summary>
    /// <param name="madeIn">The term in which the caller decided to propose it.</param>
    /// <param name="changes">What happens to whom.</param>
    /// <param name="context">Comes back with the entry; the entry that leaves a joint configuration has none.</param>
    /// <param name="entry">What it became.</param>
    public ProposalResult ProposeConfiguration(
        Term madeIn, IReadOnlyList<MemberChange> changes, ReadOnlyMemory<byte> context, out EntryId entry)
    {
        entry = default;
        ProposalResult result = MayPropose(madeIn);
        if (result != ProposalResult.Appended)
        {
            return result;
        }

        // Two leaders of different terms must not each change the cluster on a base that the other does not have.
        bool pending = Configuration.IsJoint || _configurations.CurrentIndex > _log.Committed
            || _log.TermOf(_log.Committed) != _term;
        if (pending)
        {
            return ProposalResult.ConfigurationPending;
        }

        Configuration next = ConfigurationChange.Begin(Configuration, changes);
        if (next.Voters.Count == 0 || next == Configuration || changes.Any(change => change.Member.Value == 0))
        {
            return ProposalResult.ConfigurationInvalid;
        }

        entry = AppendConfiguration(next, context.Span);
        return result;
    }

    private EntryId AppendConfiguration(Configuration configuration, ReadOnlySpan<byte> context)
    {
        EntryId entry = AppendOwn(EntryKind.Configuration, ConfigurationCodec.Encode(configuration, context));
        FollowConfiguration();
        return entry;
    }

    // Who is new is probed from the end of the log; who is gone is not heard any more.
    private void FollowConfiguration()
    {
        foreach (MemberId member in _progress.Keys.Where(each => !Configuration.Contains(each)).ToList())
        {
            _progress.Remove(member);
        }

        foreach (MemberId member in Configuration.Members.Where(each => each != Self))
        {
            if (!_progress.ContainsKey(member))
            {
                _progress[member] = new Progress(
                    member, _log.Last.Next, _options.AppendsInFlightMax, _options.AppendBytesInFlightMax)
                {
                    RecentlyActive = true,
                };
            }
        }

        if (!Configuration.Voters.Contains(_transferee))
        {
            _transferee = default;
        }
    }

    private void FinishConfiguration()
    {
        if (_configurations.CurrentIndex > _log.Committed)
        {
            return;
        }

        if (Configuration.IsJoint)
        {
            AppendConfiguration(ConfigurationChange.Leave(Configuration), []);
        }
        else if (!Configuration.IsVoter(Self))
        {
            HandOverAndStepDown();
        }
    }

    // Raft, section 6: a leader that is not part of the new configuration leads until that is committed.
    private void HandOverAndStepDown()
    {
        FlushAppends();
        Progress? best = _progress.Values
            .Where(each => each.Match == _log.Last && Configuration.Voters.Contains(each.Member))
            .MaxBy(each => each.RecentlyActive);
        if (best is not null)
        {
            Send(Make(MessageKind.TimeoutNow, best.Member));
        }

        BecomeFollower(_term, default);
    }
}
