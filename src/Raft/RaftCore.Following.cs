using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft;

/// <summary>What a leader says, and the log that grows by it.</summary>
public sealed partial class RaftCore
{
    private void FollowLeader(Message message)
    {
        Invariant.Require(Role != RaftRole.Leader);
        if (Role != RaftRole.Follower || Leader != message.From)
        {
            BecomeFollower(_term, message.From);
        }

        _elapsed = 0;
        switch (message.Kind)
        {
            case MessageKind.Append:
                TakeAppend(message);
                break;
            case MessageKind.Heartbeat:
                TakeHeartbeat(message);
                break;
            default:
                TakeSnapshot(message);
                break;
        }
    }

    private void TakeAppend(Message message)
    {
        if (!IsWellFormed(message))
        {
            return;
        }

        if (message.Previous.Index < _log.Committed)
        {
            // Old news: everything that is committed agrees.
            Accept(message.From, _log.Committed);
        }
        else if (!_log.Holds(message.Previous))
        {
            Reject(message);
        }
        else
        {
            AppendFromLeader(message.Entries);
            var last = new LogIndex(message.Previous.Index.Value + message.Entries.Count);
            _log.Commit(message.Commit < last ? message.Commit : last);
            Accept(message.From, last);
        }
    }

    // What is there already stays: a message that was overtaken must not shorten the log.
    private void AppendFromLeader(IReadOnlyList<Entry> entries)
    {
        foreach (Entry entry in entries)
        {
            if (_log.Holds(new EntryId(entry.Index, entry.Term)))
            {
                continue;
            }

            if (entry.Index <= _log.Last)
            {
                TruncateLog(entry.Index);
            }

            AppendToLog(entry);
        }
    }

    // Indexes without gaps, terms that never fall and are not above the leader's.
    private static bool IsWellFormed(Message message)
    {
        LogIndex index = message.Previous.Index;
        Term term = message.Previous.Term;
        if (index.Value < 0 || index.Value > long.MaxValue - message.Entries.Count - 1)
        {
            return false;
        }

        foreach (Entry entry in message.Entries)
        {
            if (entry.Index != index.Next || entry.Term < term || entry.Term > message.Term)
            {
                return false;
            }

            (index, term) = (entry.Index, entry.Term);
        }

        return true;
    }

    private void Accept(MemberId leader, LogIndex index) =>
        SendWhenWritten(Make(MessageKind.AppendResponse, leader) with { Index = index });

    // Entries above the leader's term at that place cannot be the leader's: the hint skips them all.
    private void Reject(Message message)
    {
        LogIndex index = message.Previous.Index < _log.Last ? message.Previous.Index : _log.Last;
        Send(Make(MessageKind.AppendResponse, message.From) with
        {
            Rejected = true,
            Index = message.Previous.Index,
            Hint = _log.LastAtMost(index, message.Previous.Term),
        });
    }

    // The leader says no more than it knows this member to hold.
    private void TakeHeartbeat(Message message)
    {
        if (message.Commit <= _log.Last)
        {
            _log.Commit(message.Commit);
        }

        Send(Make(MessageKind.HeartbeatResponse, message.From) with { Round = message.Round });
    }

    private void TakeSnapshot(Message message)
    {
        EntryId last = message.Previous;
        if (last.Index <= _log.Committed || message.Configuration is null)
        {
            Accept(message.From, _log.Committed);
            return;
        }

        if (_log.Holds(last))
        {
            _log.Commit(last.Index);
        }
        else
        {
            Install(new SnapshotPoint(last, message.Configuration));
        }

        Accept(message.From, last.Index);
    }

    private void Install(SnapshotPoint point)
    {
        _log.Reset(point.Last);
        _configurations.Reset(point.Last.Index, point.Configuration);
        _writes.TruncateFrom(new LogIndex(1));
        _unwritten = point.Last.Index.Next;
        _snapshot = point;
    }
}
