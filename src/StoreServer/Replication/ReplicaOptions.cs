using Keelson.Base.Identity;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Replication;

/// <summary>One member of a cluster.</summary>
internal sealed record ReplicaOptions
{
    public required MemberId Self { get; init; }

    /// <summary>Who decides, as long as the directory says nothing else; empty for a member that joins.</summary>
    public required Configuration Bootstrap { get; init; }

    /// <summary>Takes a message to another member; returns at once, and may lose it.</summary>
    public required Action<Message> Send { get; init; }

    /// <summary>Told of every change of role, term or leader, on the commit loop.</summary>
    public Action<ReplicaStatus> StatusChanged { get; init; } = static _ => { };

    /// <summary>Told after every new root, on the apply loop.</summary>
    public Action<StoreState> Published { get; init; } = static _ => { };

    /// <summary>A tick: etcd's --heartbeat-interval.</summary>
    public long HeartbeatMilliseconds { get; init; } = 100;

    /// <summary>etcd's --election-timeout in ticks.</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>How long a batch that another member leads on may be unheard of before it is sent again.</summary>
    public long ResendMilliseconds => HeartbeatMilliseconds * Math.Max(1, ElectionTicks / 2);

    /// <summary>
    /// How long a read waits for the leader's word: etcd's request timeout, 5 s and two election timeouts (etcd 3.5,
    /// config.go, ReqTimeout).
    /// </summary>
    public long ReadPatienceMilliseconds => 5000 + (2 * ElectionTicks * HeartbeatMilliseconds);
}
