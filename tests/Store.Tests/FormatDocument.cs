using System.Globalization;
using System.Runtime.CompilerServices;

namespace Keelson.Store.Tests;

/// <summary>The drawings of docs/formats: tables of offset, bytes, field, what, under a heading.</summary>
internal sealed class FormatDocument
{
    private readonly string[] _lines;

    private FormatDocument(string[] lines)
    {
        _lines = lines;
    }

    public static FormatDocument Read(string name, [CallerFilePath] string here = "") =>
        new(File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, Depth(here), "docs", "formats", name)));

    /// <summary>Field → offset of the table under the heading that starts with this text.</summary>
    public Dictionary<string, int> Offsets(string heading)
    {
        Dictionary<string, int> offsets = [];
        foreach (string line in Section(heading))
        {
            string[] cells = [.. line.Split('|', StringSplitOptions.TrimEntries)];
            if (cells.Length > 4 && int.TryParse(cells[1], CultureInfo.InvariantCulture, out int offset))
            {
                offsets[cells[3]] = offset;
            }
        }

        return offsets;
    }

    /// <summary>The lines of the table below the heading, the ruler under its first one excepted.</summary>
    public IEnumerable<string> Rows(string heading) => Section(heading)
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal));

    private IEnumerable<string> Section(string heading) => _lines
        .SkipWhile(line => !line.StartsWith($"## {heading}", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    /// <summary>From a test file up to the repository: one step for each folder below it.</summary>
    private static string Depth(string here)
    {
        string folder = Path.GetDirectoryName(here)!;
        string up = "";
        while (!File.Exists(Path.Combine(folder, up, "Store.sln")))
        {
            up = Path.Combine(up, "..");
        }

        return up;
    }
}
