using Keelson.Base.Identity;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Tests.Replication;

/// <summary>Members in one process, on real threads.</summary>
internal sealed class ReplicaCluster : IAsyncDisposable
{
    private readonly HashSet<MemberId> _isolated = [];
    private ulong _seed;

    public ReplicaCluster(int size)
    {
        MemberId[] ids = [.. Enumerable.Range(1, size).Select(number => new MemberId((ulong)number))];
        Members = [.. ids.Select(id => new ReplicaMember(id, Configuration.Of(ids), Deliver))];
        foreach (ReplicaMember member in Members)
        {
            Start(member);
        }
    }

    public IReadOnlyList<ReplicaMember> Members { get; }

    /// <summary>Which messages the network swallows; from many threads.</summary>
    public Func<Message, bool>? Loses { get; set; }

    /// <summary>Waits until somebody leads whom a majority knows as its leader.</summary>
    public async Task<ReplicaMember> LeaderAsync()
    {
        ReplicaMember? leader = null;
        await Until(() =>
        {
            leader = Members.FirstOrDefault(member => member.Leads && !_isolated.Contains(member.Id));
            return leader is not null
                && Members.Count(each => each.IsUp && each.Status!.Leader == leader.Id) > Members.Count / 2;
        });
        return leader!;
    }

    public void Start(ReplicaMember member) => member.Start(++_seed);

    public void Isolate(ReplicaMember member)
    {
        lock (_isolated)
        {
            _isolated.Add(member.Id);
        }
    }

    public void Heal()
    {
        lock (_isolated)
        {
            _isolated.Clear();
        }
    }

    /// <summary>Waits until every member that is up has applied the same.</summary>
    public Task ConvergeAsync() => Until(() => Members.Where(member => member.IsUp)
        .Select(member => (member.Engine.State.AppliedIndex, member.Engine.State.ChainHash)).Distinct().Count() == 1);

    public async ValueTask DisposeAsync()
    {
        foreach (ReplicaMember member in Members)
        {
            await member.StopAsync();
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int round = 0; round < 3000; round++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail("the cluster did not get there");
    }

    private void Deliver(Message message)
    {
        lock (_isolated)
        {
            if (_isolated.Contains(message.From) || _isolated.Contains(message.To))
            {
                return;
            }
        }

        if (Loses?.Invoke(message) == true)
        {
            return;
        }

        ReplicaMember target = Members[(int)message.To.Value - 1];
        if (target.IsUp)
        {
            target.Receive(message);
        }
    }
}
