using System.Reflection;
using System.Runtime.CompilerServices;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Codec;

/// <summary>docs/formats/raft-message.md draws the bytes; its tables must say what the constants say.</summary>
public sealed class MessageDocumentTests
{
    [TestCase("header", "", MessageLayout.HeaderBytes)]
    [TestCase("entry", "Entry", MessageLayout.EntryHeaderBytes)]
    public void Table_EachField_LiesWhereTheCodeSays(string table, string prefix, int bytes)
    {
        int end = 0;
        foreach (string[] row in Rows(table).Where(row => row[2].Length > 0))
        {
            Assert.That(Number(row[1]), Is.EqualTo(end), $"{row[3]} follows the field before it");
            Assert.That(Number(row[1]), Is.EqualTo(Constant($"{prefix}{row[3]}Offset")), row[3]);
            end = Number(row[1]) + Number(row[2]);
        }

        Assert.That(end, Is.EqualTo(bytes));
    }

    [Test]
    public void Table_Offsets_AreAllOfTheCode()
    {
        IEnumerable<string> drawn = Rows("header").Select(row => row[3])
            .Concat(Rows("entry").Where(row => row[2].Length > 0).Select(row => "Entry" + row[3]))
            .Select(name => name + "Offset");
        Assert.That(drawn, Is.EquivalentTo(Constants("Offset")));
    }

    [Test]
    public void Table_Fields_AreTheBitsOfTheCode()
    {
        List<string[]> rows = [.. Rows("fields")];
        Assert.That(rows.Select(row => row[2] + "Field"), Is.EquivalentTo(Constants("Field")));
        foreach (string[] row in rows)
        {
            Assert.That(1 << Number(row[1]), Is.EqualTo(Constant(row[2] + "Field")), row[2]);
        }

        Assert.That(rows.Count(row => row[3] == "number"), Is.EqualTo(MessageLayout.NumberFields));
        Assert.That((1 << rows.Count) - 1, Is.EqualTo(MessageLayout.AllFields));
    }

    [Test]
    public void Table_Kinds_AreThoseOfTheCode() => Assert.That(
        Rows("kinds").Select(row => (Number(row[1]), row[2])),
        Is.EqualTo(Enum.GetValues<MessageKind>().Skip(1).Select(kind => ((int)kind, kind.ToString()))));

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static int Constant(string name) => Convert.ToInt32(
        typeof(MessageLayout).GetField(name)?.GetRawConstantValue()
            ?? throw new AssertionException($"MessageLayout has no {name}"),
        System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Constants(string ending) => typeof(MessageLayout)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name)
        .Where(name => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The cells of the rows below the ruler; the first is what stands before the line.</summary>
    private static IEnumerable<string[]> Rows(string table) => File
        .ReadAllText(Path.Combine(Root(), "docs", "formats", "raft-message.md"))
        .Split($"<!-- {table} -->\n")[1].Split('\n').Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
