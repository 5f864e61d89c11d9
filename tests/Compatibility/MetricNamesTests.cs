using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>
/// What a dashboard for etcd asks for is there under its name and type, or the documentation says why not.
/// </summary>
public sealed class MetricNamesTests
{
    private static readonly string[] ForeignPrefixes = ["go_", "grpc_", "promhttp_"];

    [Test]
    public async Task Names_OfRealEtcd_AreExportedOrListedAsAbsent()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        Dictionary<string, string> theirs = await ScrapeTypesAsync(etcd);
        Dictionary<string, string> ours = await ScrapeTypesAsync(store);
        HashSet<string> absent = ReadAbsent();

        Assert.Multiple(() =>
        {
            Assert.That(theirs.Keys.Except(ours.Keys), Is.EquivalentTo(absent));
            Assert.That(
                theirs.Where(pair => ours.TryGetValue(pair.Key, out string? type) && type != pair.Value), Is.Empty);
        });
    }

    [Test]
    public void Operations_OfOneScript_AreCountedAsByEtcd()
    {
        // Kubernetes writes by transactions only: a dashboard shows its puts because etcd counts what is inside them.
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        (string Name, string[] Command, string Input)[] script =
        [
            ("put", ["put", "a", "1"], ""),
            ("get", ["get", "a"], ""),
            ("serializable get", ["get", "a", "--consistency", "s"], ""),
            ("put with prev_kv", ["put", "b", "2", "--prev-kv"], ""),
            ("put with ignore_value", ["put", "b", "--ignore-value"], ""),
            ("txn that writes", ["txn"], "mod(\"a\") > \"0\"\n\nget a\nput a 1\ndel zz\n\nget a\n\n"),
            ("txn of one put", ["txn"], "mod(\"c\") = \"0\"\n\nput c 12345\n\nget c\n\n"),
            ("txn of two compares", ["txn"], "mod(\"c\") = \"0\"\nmod(\"a\") = \"0\"\n\nput c 1\n\ndel c\n\n"),
            ("txn that reads", ["txn"], "mod(\"a\") > \"0\"\n\nget a\n\nget a\n\n"),
            ("del with prev_kv", ["del", "b", "--prev-kv"], ""),
            ("del of nothing", ["del", "nothing"], ""),
            ("get of the future", ["get", "a", "--rev", "1000"], ""),
            ("lease grant", ["lease", "grant", "1000", "-w", "fields"], ""),
        ];
        Assert.Multiple(() =>
        {
            foreach ((string name, string[] command, string input) in script)
            {
                etcd.Etcdctl(command, input);
                store.Etcdctl(command, input);
                Assert.That(CountedBy(store), Is.EqualTo(CountedBy(etcd)), name);
            }
        });
    }

    /// <summary>A probe reads as a client does, and each of its reads is counted.</summary>
    [Test]
    public async Task Probes_OfHealth_AreCountedAsByEtcd()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        using var client = new HttpClient();
        double[] first = [RangesOf(etcd), RangesOf(store)];
        string[] paths =
        [
            "health", "health?serializable=true", "livez", "livez?exclude=serializable_read",
            "livez/serializable_read", "readyz", "readyz?exclude=linearizable_read", "readyz/linearizable_read",
            "readyz/data_corruption",
        ];
        foreach (string path in paths)
        {
            await client.GetStringAsync(new Uri($"{etcd.ClientUrl}/{path}"));
            await client.GetStringAsync(new Uri($"{store.ClientUrl}/{path}"));
            Assert.That(RangesOf(store) - first[1], Is.EqualTo(RangesOf(etcd) - first[0]), path);
        }

        Assert.That(RangesOf(store), Is.GreaterThan(first[1]));
    }

    private static double RangesOf(ServerProcess server) => CountedBy(server)["etcd_mvcc_range_total"];

    private static Dictionary<string, double> CountedBy(ServerProcess server)
    {
        string[] names =
        [
            "etcd_mvcc_put_total", "etcd_mvcc_delete_total", "etcd_mvcc_range_total", "etcd_mvcc_txn_total",
            "etcd_debugging_mvcc_total_put_size_in_bytes",
        ];
        using var client = new HttpClient();
        string text = client.GetStringAsync(new Uri($"{server.ClientUrl}/metrics")).GetAwaiter().GetResult();
        return text.Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => names.Contains(words[0]))
            .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// A histogram with labels is there from its first observation on, so both servers get a put first.
    /// </summary>
    private static async Task<Dictionary<string, string>> ScrapeTypesAsync(ServerProcess server)
    {
        server.Etcdctl("put", "key", "value").RequireSuccess();
        using var client = new HttpClient();
        string text = await client.GetStringAsync(new Uri($"{server.ClientUrl}/metrics"));
        return text.Split('\n')
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .Where(words => !ForeignPrefixes.Any(prefix => words[2].StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(words => words[2], words => words[3]);
    }

    /// <summary>The first column below the heading.</summary>
    private static HashSet<string> ReadAbsent() =>
        [.. File.ReadLines(Path.Combine(PeerPrograms.Root, "docs/operations/metrics.md"))
            .SkipWhile(line => line != "## What etcd exports and this server does not")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])];
}
