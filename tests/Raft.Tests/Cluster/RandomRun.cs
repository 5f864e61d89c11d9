using Keelson.Raft.Membership;
using Keelson.Simulation;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// Everything that can happen to a cluster, in an order that a seed decides; then everything is repaired and it has to
/// work again.
/// </summary>
internal sealed class RandomRun
{
    private const int NetworkMax = 300;
    private readonly SeededRandom _random;
    private readonly TestCluster _cluster;
    private readonly int _trouble;

    public RandomRun(ulong seed)
    {
        _random = new SeededRandom(seed ^ 0x5EED);
        _trouble = _random.Below(4);
        bool tight = _random.Below(2) == 0;
        _cluster = new TestCluster(
            seed, 5, 1 + _random.Below(5), id => tight ? Tight(id) : new RaftOptions { Self = id });
        _cluster.Members.ForEach(member => member.KeepsForwarded = true);
    }

    public TestCluster Cluster => _cluster;

    public void Disturb(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            int drawn = _random.Below(1000);
            if (drawn < 900)
            {
                Proceed(drawn);
            }
            else if (drawn < 960)
            {
                Use(drawn);
            }
            else
            {
                Trouble(_random.Below(100));
            }
        }
    }

    /// <summary>All is well again: whoever belongs to the cluster gets everything, and it takes more.</summary>
    public void Recover()
    {
        _cluster.Heal();
        _cluster.Members.ForEach(member => member.KeepsForwarded = false);
        foreach (TestMember member in _cluster.Members.Where(member => member.IsDown))
        {
            member.Restart();
        }

        TestMember leader = _cluster.Elect();
        _cluster.RunUntil(() => _cluster.Leader is { } now
            && !now.Core.Configuration.IsJoint
            && _cluster.Propose(now, out _) == ProposalResult.Appended
            && now.Core.Transferee.Value == 0);
        int wanted = _cluster.Checker.Committed.Count + 1;
        _cluster.RunUntil(() => _cluster.Leader is { } now
            && now.Core.Configuration.Members.All(id => AppliedBy(id) >= wanted));
        Assert.That(leader, Is.Not.Null);
    }

    private static RaftOptions Tight(MemberId id) => new()
    {
        Self = id,
        AppendBytesMax = 60,
        AppendsInFlightMax = 3,
        AppendBytesInFlightMax = 200,
        CommittedBytesMax = 50,
        WindowBytesMax = 100,
        BacklogBytesMax = 200,
        ElectionTicks = 5,
        ForwardedBytesMax = 100,
        ForwardersMax = 4,
    };

    private int AppliedBy(MemberId id) =>
        _cluster.Members.Single(member => member.Id == id).State.Applied.Count;

    private TestMember Any() => _cluster.Members[_random.Below(_cluster.Members.Count)];

    private void Proceed(int drawn)
    {
        if (drawn < 200)
        {
            _cluster.Tick(Any());
        }
        else if (drawn < 400)
        {
            _cluster.FinishWrite(Any());
        }
        else if (_cluster.Network.Count > 0)
        {
            // Mostly in order, as streams deliver; sometimes anything, sometimes twice.
            int reach = _random.Below(8) == 0 ? _cluster.Network.Count : Math.Min(3, _cluster.Network.Count);
            _cluster.Deliver(_random.Below(reach), keep: _random.Below(60) == 0);
        }

        while (_cluster.Network.Count > NetworkMax)
        {
            _cluster.Drop(_random.Below(_cluster.Network.Count));
        }
    }

    private void Use(int drawn)
    {
        TestMember member = drawn % 4 == 0 ? Any() : _cluster.Leader ?? Any();
        if (member.IsDown)
        {
            return;
        }

        if (drawn < 930)
        {
            _cluster.Propose(member, out _);
        }
        else if (drawn < 945)
        {
            UseForwarding();
        }
        else
        {
            _cluster.Read(member);
        }
    }

    // The host takes its time with what was forwarded to it: leadership may be over by then.
    private void UseForwarding()
    {
        TestMember member = Any();
        if (!member.IsDown && _random.Below(3) > 0)
        {
            _cluster.Forward(member, out _);
        }

        TestMember leader = _random.Below(3) > 0 ? _cluster.Leader ?? Any() : Any();
        if (!leader.IsDown)
        {
            leader.ProposeForwarded();
            _cluster.Run(leader);
        }
    }

    private void Trouble(int drawn)
    {
        TestMember member = Any();
        if (drawn < 20)
        {
            Maintain(member, drawn);
        }
        else if (drawn < 40)
        {
            Reorganize(drawn);
        }
        else if (drawn < 60 && _cluster.Network.Count > 0)
        {
            _cluster.Drop(_random.Below(_cluster.Network.Count));
        }
        else if (drawn < 60 + (10 * _trouble))
        {
            Break(member, drawn);
        }
    }

    private void Maintain(TestMember member, int drawn)
    {
        if (member.IsDown)
        {
            return;
        }

        member.Checkpoint();
        if (drawn < 10)
        {
            member.Compact();
        }
        else if (drawn < 14)
        {
            member.Core.ReportUnreachable(Any().Id);
        }
        else
        {
            member.Core.ReportSnapshot(Any().Id, arrived: drawn % 2 == 0);
        }

        _cluster.Run(member);
    }

    private void Reorganize(int drawn)
    {
        if (_cluster.Leader is not { } leader)
        {
            return;
        }

        if (drawn < 26)
        {
            leader.Core.TransferLeadership(Any().Id);
            _cluster.Run(leader);
            return;
        }

        var changes = new MemberChange[1 + _random.Below(2)];
        for (int index = 0; index < changes.Length; index++)
        {
            changes[index] = new MemberChange((ChangeKind)_random.Below(3), Any().Id);
        }

        _cluster.Change(leader, changes);
    }

    private void Break(TestMember member, int drawn)
    {
        switch (drawn % 4)
        {
            case 0 when !member.IsDown:
                member.Crash(_random.Below(member.Writes.Count + 1));
                break;
            case 0 or 1 when member.IsDown:
                member.Restart();
                break;
            case 2:
                _cluster.Cut(member.Id, Any().Id);
                break;
            default:
                _cluster.Heal();
                break;
        }
    }
}
