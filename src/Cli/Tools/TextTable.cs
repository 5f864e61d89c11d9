using System.Text;

namespace Keelson.Cli.Tools;

/// <summary>A table in the style of etcd's tools.</summary>
internal static class TextTable
{
    public static string Format(IReadOnlyList<string> header, IReadOnlyList<string> row)
    {
        int[] widths = [.. header.Zip(row, static (name, value) => Math.Max(name.Length, value.Length))];
        var text = new StringBuilder();
        string line = '+' + string.Concat(widths.Select(static width => new string('-', width + 2) + '+')) + '\n';
        text.Append(line);
        text.Append('|').AppendJoin('|', header.Select((name, at) => Center(name, widths[at] + 2))).Append("|\n");
        text.Append(line);
        text.Append('|').AppendJoin('|', row.Select((value, at) => $" {value.PadLeft(widths[at])} ")).Append("|\n");
        return text.Append(line).ToString();
    }

    private static string Center(string text, int width)
    {
        int left = (width - text.Length) / 2;
        return text.PadLeft(left + text.Length).PadRight(width);
    }
}
