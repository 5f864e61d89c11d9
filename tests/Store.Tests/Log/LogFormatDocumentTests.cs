using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

/// <summary>docs/formats/log.md draws the bytes; its tables must say what the constants say.</summary>
public sealed partial class LogFormatDocumentTests
{
    [TestCase("record", "", LogFormat.HeaderBytes)]
    [TestCase("start", "Start", LogFormat.StartPayloadBytes)]
    [TestCase("hard-state", "HardState", LogFormat.HardStateBytes)]
    public void Table_EachField_LiesWhereTheCodeSays(string table, string prefix, int bytes)
    {
        List<(int Offset, int Length, string Field)> rows = Rows(table);
        int end = 0;
        foreach ((int offset, int length, string field) in rows)
        {
            Assert.That(offset, Is.EqualTo(end), $"{field} follows the field before it");
            Assert.That(offset, Is.EqualTo(Constant($"{prefix}{field}Offset")), field);
            end = offset + length;
        }

        Assert.That(end, Is.EqualTo(bytes));
    }

    [Test]
    public void Table_Fields_AreAllOfTheCode()
    {
        var documented = Rows("record").Select(row => row.Field)
            .Concat(Rows("start").Select(row => "Start" + row.Field))
            .Concat(Rows("hard-state").Select(row => "HardState" + row.Field))
            .Select(field => field + "Offset");
        var constants = typeof(LogFormat).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.Name).Where(name => name.EndsWith("Offset", StringComparison.Ordinal));
        Assert.That(documented, Is.EquivalentTo(constants));
    }

    private static int Constant(string name) =>
        (int)(typeof(LogFormat).GetField(name)?.GetRawConstantValue()
            ?? throw new AssertionException($"LogFormat has no {name}"));

    /// <summary>Rows with a length: the one without is what follows the fixed part.</summary>
    private static List<(int Offset, int Length, string Field)> Rows(string table)
    {
        string document = File.ReadAllText(Path.Combine(Root(), "docs", "formats", "log.md"));
        string text = document.Split($"<!-- {table} -->\n")[1];
        return [.. text.Split('\n').TakeWhile(line => line.StartsWith('|'))
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => (Number(match, 1), Number(match, 2), match.Groups[3].Value))];
    }

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex(@"^\| (\d+) \| (\d+) \| (\w+) \|")]
    private static partial Regex Row();
}
