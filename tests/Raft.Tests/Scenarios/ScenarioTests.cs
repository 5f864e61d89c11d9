using System.Runtime.CompilerServices;
using System.Text;

namespace Keelson.Raft.Tests.Scenarios;

/// <summary>
/// The scripts of testdata: what is told to a cluster, and what happens then, to be read by people. A change of
/// behaviour is a difference in these files; <c>KEELSON_REWRITE=1</c> writes them anew.
/// </summary>
public sealed class ScenarioTests
{
    private const string Indentation = "  ";

    private static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    [TestCaseSource(nameof(Names))]
    public void Scenario_GoesAsItIsWritten(string name)
    {
        string path = Path.Combine(Folder(), $"{name}.txt");
        string expected = File.ReadAllText(path);
        string actual = Play(expected.Split('\n'));
        if (Environment.GetEnvironmentVariable("KEELSON_REWRITE") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.That(actual, Is.EqualTo(expected), $"{path}; KEELSON_REWRITE=1 writes what happens now");
    }

    [Test]
    public void Scenario_ThatGoesOtherwise_IsNoticed()
    {
        const string script = "> cluster 1\n  something else\n\n> tick 1 9\n";
        string actual = Play(script.Split('\n'));
        Assert.That(actual, Does.Not.Contain("something else").And.Contain("> tick 1 9\n  nothing happens\n"));
        Assert.That(Play(actual.Split('\n')), Is.EqualTo(actual), "playing it again changes nothing");
    }

    // Comments and commands stay; what stands below a command is what happened.
    private static string Play(IEnumerable<string> lines)
    {
        var cluster = new ScenarioCluster();
        var text = new StringBuilder();
        foreach (string line in lines.Where(line => !line.StartsWith(Indentation, StringComparison.Ordinal)))
        {
            text.Append(line).Append('\n');
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                foreach (string happened in cluster.Run(line[2..]))
                {
                    text.Append(Indentation).Append(happened).Append('\n');
                }
            }
        }

        return text.ToString()[..^1];
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "testdata"));
}
