using Keelson.Raft.Messages;
using Keelson.Store;
using Keelson.Store.Host;

namespace Keelson.StoreServer.Tests.Replication;

public sealed class ReplicaTests
{
    [Test]
    public async Task Put_MemberAlone_IsCommittedWithoutAsking()
    {
        await using var cluster = new ReplicaCluster(1);
        ReplicaMember member = cluster.Members[0];
        RequestOutcome outcome = await member.PutAsync("a", "1");
        Assert.That(outcome.Error, Is.EqualTo(StoreError.None));
        Assert.That(await member.GetAsync("a"), Is.EqualTo("1"));
    }

    [Test]
    public async Task Restart_MemberAlone_FindsEverythingAndGoesOn()
    {
        await using var cluster = new ReplicaCluster(1);
        ReplicaMember member = cluster.Members[0];
        await member.PutAsync("a", "1");
        await member.StopAsync();
        cluster.Start(member);
        Assert.That(await member.GetAsync("a"), Is.EqualTo("1"));
        await member.PutAsync("b", "2");
        Assert.That(await member.GetAsync("b"), Is.EqualTo("2"));
    }

    [Test]
    public async Task Put_EveryMember_IsSeenByEveryOther()
    {
        await using var cluster = new ReplicaCluster(3);
        foreach (ReplicaMember member in cluster.Members)
        {
            Assert.That((await member.PutAsync("by", member.Id.ToString())).Error, Is.EqualTo(StoreError.None));
            foreach (ReplicaMember reader in cluster.Members)
            {
                Assert.That(await reader.GetAsync("by"), Is.EqualTo(member.Id.ToString()));
            }
        }

        await cluster.ConvergeAsync();
    }

    [Test]
    public async Task Put_LeaderStops_IsCarriedOutByTheNext()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        ReplicaMember other = cluster.Members.First(member => member != leader);
        await other.PutAsync("a", "1");
        cluster.Isolate(leader);
        // Given to a leader that nobody hears, and then to the next one: once, and without an error.
        RequestOutcome outcome = await other.PutAsync("a", "2");
        Assert.That(outcome.Error, Is.EqualTo(StoreError.None));
        Assert.That(outcome.Revision.Value, Is.EqualTo(3));
        Assert.That(await other.GetAsync("a"), Is.EqualTo("2"));
        Assert.That(leader.Look("a"), Is.EqualTo("1"));
        cluster.Heal();
        Assert.That(await leader.GetAsync("a"), Is.EqualTo("2"));
        await cluster.ConvergeAsync();
    }

    [Test]
    public async Task Put_LeaderCutOffWithIt_IsCarriedOutOnceItIsBack()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        await leader.PutAsync("a", "1");
        cluster.Isolate(leader);
        Task<RequestOutcome> lonely = leader.PutAsync("b", "old leader's");
        ReplicaMember next = await cluster.LeaderAsync();
        await next.PutAsync("a", "2");
        Assert.That(lonely.IsCompleted, Is.False);
        cluster.Heal();
        Assert.That((await lonely).Error, Is.EqualTo(StoreError.None));
        Assert.That(await next.GetAsync("b"), Is.EqualTo("old leader's"));
        await cluster.ConvergeAsync();
    }

    [Test]
    public async Task Restart_EachMemberInTurn_NoPutFails()
    {
        await using var cluster = new ReplicaCluster(3);
        int puts = 0;
        foreach (ReplicaMember member in cluster.Members)
        {
            ReplicaMember[] others = [.. cluster.Members.Where(each => each != member)];
            await member.StopAsync();
            for (int number = 0; number < 20; number++)
            {
                Assert.That(
                    (await others[number % 2].PutAsync($"k{puts++}", "v")).Error, Is.EqualTo(StoreError.None));
            }

            cluster.Start(member);
            await cluster.ConvergeAsync();
        }

        Assert.That(cluster.Members[0].Engine.State.Revision.Value, Is.EqualTo(1 + puts));
    }

    [Test]
    public async Task Get_LeaderThatNobodyHears_IsNotAnswered()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        await leader.PutAsync("a", "1");
        cluster.Isolate(leader);
        Task<string?> read = leader.GetAsync("a");
        ReplicaMember next = await cluster.LeaderAsync();
        await next.PutAsync("a", "2");
        Assert.That(read.IsCompleted, Is.False);
        cluster.Heal();
        Assert.That(await read, Is.EqualTo("2"));
    }

    /// <summary>No leader changes, so nothing but sending again can help.</summary>
    [Test]
    public async Task Put_ForwardedAndLost_HappensOnce()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        ReplicaMember other = cluster.Members.First(member => member != leader);
        int forwards = 0;
        cluster.Loses = message =>
            message.Kind == MessageKind.Forward && Interlocked.Increment(ref forwards) % 3 != 0;
        for (int number = 0; number < 10; number++)
        {
            Assert.That((await other.PutAsync("k", $"{number}")).Revision.Value, Is.EqualTo(2 + number));
        }

        Assert.That(forwards, Is.EqualTo(30));
        await cluster.ConvergeAsync();
    }

    [Test]
    public async Task HandOver_ToAnyone_LosesNoPutAndNeedsNoElectionTime()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        Task<RequestOutcome>[] puts =
            [.. Enumerable.Range(0, 200).Select(number => leader.PutAsync($"k{number}", "v"))];
        Assert.That(await leader.HandOverAsync(default), Is.True);
        Assert.That(leader.Leads, Is.False);
        RequestOutcome[] outcomes = await Task.WhenAll(puts);
        Assert.That(outcomes.Select(outcome => outcome.Error), Is.All.EqualTo(StoreError.None));
        Assert.That(outcomes.Select(outcome => outcome.Revision).Distinct().Count(), Is.EqualTo(200));
        Assert.That((await leader.PutAsync("after", "v")).Error, Is.EqualTo(StoreError.None));
    }

    [Test]
    public async Task HandOver_ToSomebodyInParticular_MakesThatOneLead()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        ReplicaMember target = cluster.Members.Last(member => member != leader);
        Assert.That(await leader.HandOverAsync(target.Id), Is.True);
        Assert.That(await cluster.LeaderAsync(), Is.SameAs(target));
        Assert.That(await leader.HandOverAsync(target.Id), Is.False, "it does not lead");
    }

    [Test]
    public async Task HandOver_ToAMemberThatIsCutOff_IsGivenUp()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        ReplicaMember target = cluster.Members.First(member => member != leader);
        cluster.Isolate(target);
        await leader.PutAsync("a", "1");
        Assert.That(await leader.HandOverAsync(target.Id), Is.False);
        Assert.That((await leader.PutAsync("a", "2")).Error, Is.EqualTo(StoreError.None));
    }

    [Test]
    public async Task Get_LeadersWordLost_IsAskedForAgain()
    {
        await using var cluster = new ReplicaCluster(3);
        ReplicaMember leader = await cluster.LeaderAsync();
        ReplicaMember other = cluster.Members.First(member => member != leader);
        await leader.PutAsync("k", "v");
        int lost = 0;
        cluster.Loses = message =>
            message.Kind == MessageKind.ReadIndexResponse && Interlocked.Increment(ref lost) <= 2;
        Assert.That(await other.GetAsync("k"), Is.EqualTo("v"));
        Assert.That(lost, Is.EqualTo(3));
    }

    [Test]
    public async Task Puts_ManyAtOnceOnAllMembers_AllHappenOnce()
    {
        await using var cluster = new ReplicaCluster(3);
        await cluster.LeaderAsync();
        RequestOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 3000).Select(number => cluster.Members[number % 3].PutAsync($"k{number}", "v")));
        Assert.That(outcomes.Select(outcome => outcome.Error), Is.All.EqualTo(StoreError.None));
        Assert.That(outcomes.Select(outcome => outcome.Revision).Distinct().Count(), Is.EqualTo(3000));
        await cluster.ConvergeAsync();
    }
}
