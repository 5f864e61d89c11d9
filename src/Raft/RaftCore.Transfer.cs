using Keelson.Raft.Messages;
using Keelson.Raft.Replication;

namespace Keelson.Raft;

/// <summary>Handing leadership over (dissertation, section 3.10).</summary>
public sealed partial class RaftCore
{
    private MemberId _transferee;
    private int _transferElapsed;

    /// <summary>The member that leadership is being handed to, 0 for none.</summary>
    public MemberId Transferee => _transferee;

    /// <summary>
    /// Hands leadership to a voter as soon as it has everything; until then nothing new is taken. Given up after one
    /// election time. False when this member does not lead, or the other one cannot.
    /// </summary>
    public bool TransferLeadership(MemberId target)
    {
        if (Role != RaftRole.Leader || !Configuration.Voters.Contains(target)
            || !_progress.TryGetValue(target, out Progress? progress))
        {
            return false;
        }

        if (_transferee != target)
        {
            _transferee = target;
            _transferElapsed = 0;
            ContinueTransfer(progress);
        }

        return true;
    }

    private void ContinueTransfer(Progress progress)
    {
        if (progress.Member == _transferee && progress.Match == _log.Last)
        {
            Send(Make(MessageKind.TimeoutNow, _transferee));
        }
    }

    private void TickTransfer()
    {
        if (_transferee.Value != 0 && ++_transferElapsed >= _options.ElectionTicks)
        {
            _transferee = default;
        }
    }

    private void Obey(Message message)
    {
        if (Role == RaftRole.Follower && (Leader == message.From || Leader.Value == 0))
        {
            Campaign(forced: true);
        }
    }
}
