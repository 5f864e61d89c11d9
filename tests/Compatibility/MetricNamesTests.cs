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
