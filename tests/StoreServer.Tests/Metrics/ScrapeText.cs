using System.Text.RegularExpressions;

namespace Keelson.StoreServer.Tests.Metrics;

/// <summary>
/// A strict reader of Prometheus text, written against its format description, not against our writer.
/// </summary>
internal sealed partial class ScrapeText
{
    private ScrapeText()
    {
    }

    public Dictionary<string, string> Types { get; } = [];

    /// <summary>By name and labels as they stand in the text.</summary>
    public Dictionary<string, double> Samples { get; } = [];

    public static ScrapeText Parse(string text)
    {
        var scrape = new ScrapeText();
        Assert.That(text, Does.EndWith("\n"));
        string? family = null;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.That(scrape.Types, Does.Not.ContainKey(family), "a family comes once");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.That(line.Split(' ')[2], Is.EqualTo(family));
                scrape.Types[family!] = line.Split(' ')[3];
            }
            else
            {
                scrape.TakeSample(line, family!);
            }
        }

        return scrape;
    }

    private void TakeSample(string line, string family)
    {
        Match match = Sample().Match(line);
        Assert.That(match.Success, Is.True, line);
        Assert.That(match.Groups["name"].Value, Does.StartWith(family));
        string text = match.Groups["value"].Value;
        Samples.Add(
            match.Groups["name"].Value + match.Groups["labels"].Value,
            double.Parse(text, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{"""
        + """[a-zA-Z_]+="([^"\\\n]|\\.)*"(,[a-zA-Z_]+="([^"\\\n]|\\.)*")*\})? (?<value>[-+0-9.eE]+)$""")]
    private static partial Regex Sample();
}
