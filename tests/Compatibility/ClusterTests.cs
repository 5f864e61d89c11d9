using System.Text.RegularExpressions;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>Three members as processes, seen through etcdctl.</summary>
public sealed partial class ClusterTests
{
    /// <summary>Ids follow from URLs and token, so the same flags must give the same ids as etcd's.</summary>
    [Test]
    public void Members_OfTheSameFlags_AreThoseOfEtcd()
    {
        string[] peers = ClusterProcesses.FreeEndpoints(3);
        string[] ours;
        string[] theirs;
        using (ClusterProcesses keelson = ClusterProcesses.StartKeelson(peers))
        {
            ours = Describe(keelson);
        }

        using (ClusterProcesses etcd = ClusterProcesses.StartEtcd(peers))
        {
            theirs = Describe(etcd);
        }

        Assert.That(ours, Is.EqualTo(theirs));
    }

    [Test]
    public void Cluster_LeaderKilledUnderPuts_LosesNoneAndTakesItBack()
    {
        using ClusterProcesses cluster = ClusterProcesses.StartKeelson(ClusterProcesses.FreeEndpoints(3));
        int leader = LeaderOf(cluster);
        int[] others = [.. Enumerable.Range(0, 3).Where(member => member != leader)];
        cluster.Etcdctl("put", "k", "0").RequireSuccess();
        Task killing = Task.Run(() => cluster.Kill(leader));
        for (int number = 1; number <= 10; number++)
        {
            cluster.Etcdctl([others[number % 2]], "put", "k", $"{number}").RequireSuccess();
        }

        killing.GetAwaiter().GetResult();
        CommandResult read = cluster.Etcdctl([others[0]], "get", "k", "-w", "json");
        Assert.That(read.Output, Does.Contain("\"version\":11"), "each put happened once");
        cluster.Start(leader);
        Assert.That(
            cluster.Etcdctl([leader], "get", "k", "--print-value-only").Output.Trim(), Is.EqualTo("10"));
        Assert.That(Hashes(cluster).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Cluster_EachMemberRestartedInTurn_StaysUp()
    {
        using ClusterProcesses cluster = ClusterProcesses.StartKeelson(ClusterProcesses.FreeEndpoints(3));
        for (int member = 0; member < 3; member++)
        {
            Assert.That(cluster.Stop(member).ExitCode, Is.Zero);
            int[] others = [.. Enumerable.Range(0, 3).Where(each => each != member)];
            cluster.Etcdctl([others[0]], "put", $"k{member}", "v").RequireSuccess();
            cluster.Etcdctl([others[1]], "get", $"k{member}").RequireSuccess();
            cluster.Start(member);
        }

        CommandResult health = cluster.Etcdctl("endpoint", "health");
        Assert.That(health.ExitCode, Is.Zero, health.Errors);
        CommandResult all = cluster.Etcdctl([2], "get", "k", "--prefix", "--keys-only");
        Assert.That(all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
    }

    [Test]
    public void Leader_Moved_IsTheOtherAtOnce()
    {
        using ClusterProcesses cluster = ClusterProcesses.StartKeelson(ClusterProcesses.FreeEndpoints(3));
        int leader = LeaderOf(cluster);
        string[] members = cluster.Etcdctl("member", "list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int next = (leader + 1) % 3;
        string target = members.Single(line => line.Contains(cluster.Endpoints[next], StringComparison.Ordinal))
            .Split(',')[0];
        CommandResult moved = cluster.Etcdctl("move-leader", target);
        Assert.That(moved.ExitCode, Is.Zero, moved.Errors);
        Assert.That(LeaderOf(cluster), Is.EqualTo(next));
        CommandResult refused = cluster.Etcdctl([leader], "move-leader", target);
        Assert.That(refused.Errors, Does.Contain("no leader endpoint given"));
    }

    [Test]
    public void Member_WithoutAQuorum_ServesOldReadsOnly()
    {
        using ClusterProcesses cluster = ClusterProcesses.StartKeelson(ClusterProcesses.FreeEndpoints(3));
        cluster.Etcdctl("put", "k", "v").RequireSuccess();
        cluster.Etcdctl([0], "get", "k").RequireSuccess();
        cluster.Kill(1);
        cluster.Kill(2);
        CommandResult old = cluster.Etcdctl([0], "get", "k", "--consistency", "s", "--print-value-only");
        Assert.That(old.Output.Trim(), Is.EqualTo("v"));
        CommandResult read = cluster.Etcdctl([0], "get", "k", "--command-timeout", "2s");
        Assert.That(read.ExitCode, Is.Not.Zero, "nobody can say that it is not old");
        CommandResult put = cluster.Etcdctl([0], "put", "k", "w", "--command-timeout", "2s");
        Assert.That(put.ExitCode, Is.Not.Zero);
        Assert.That(cluster.Etcdctl([0], "endpoint", "health").ExitCode, Is.Not.Zero);
    }

    [GeneratedRegex("(?m)^([^,]*), ([0-9a-f]+), .*, (true|false), (true|false), ")]
    private static partial Regex StatusLine();

    // Without the client addresses, which differ.
    private static string[] Describe(ClusterProcesses cluster) =>
    [
        .. cluster.Etcdctl("member", "list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(',', line.Split(',').Where((_, column) => column != 4))),
        ClusterId().Match(cluster.Etcdctl([0], "get", "none", "-w", "json").Output).Value,
    ];

    [GeneratedRegex("\"cluster_id\":[0-9]+")]
    private static partial Regex ClusterId();

    private static int LeaderOf(ClusterProcesses cluster)
    {
        MatchCollection lines = StatusLine().Matches(cluster.Etcdctl("endpoint", "status").Output);
        Match leader = lines.Single(line => line.Groups[3].Value == "true");
        return cluster.Endpoints.ToList().IndexOf(leader.Groups[1].Value);
    }

    // Members hash their own states: the same revision must have the same hash.
    private static IEnumerable<string> Hashes(ClusterProcesses cluster) =>
        cluster.Etcdctl("endpoint", "hashkv").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',')[1]);
}
