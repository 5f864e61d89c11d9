using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Keelson.StoreServer.Peers;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>docs/formats/peer.md draws the bytes; its tables must say what the constants say.</summary>
public sealed class PeerDocumentTests
{
    private static readonly (string Table, string Prefix)[] Tables =
        [("frame", ""), ("hello", "Hello"), ("answer", "Answer"), ("ping", "Ping")];

    [TestCase("frame", "", PeerFrameLayout.HeaderBytes)]
    [TestCase("hello", "Hello", PeerFrameLayout.HelloBytes)]
    [TestCase("answer", "Answer", PeerFrameLayout.AnswerBytes)]
    [TestCase("ping", "Ping", PeerFrameLayout.PingBytes)]
    public void Table_EachField_LiesWhereTheCodeSays(string table, string prefix, int bytes)
    {
        int end = 0;
        foreach (string[] row in Rows(table))
        {
            Assert.That(Number(row[1]), Is.EqualTo(end), $"{row[3]} follows the field before it");
            Assert.That(Number(row[1]), Is.EqualTo(Constant($"{prefix}{row[3]}Offset")), row[3]);
            end = Number(row[1]) + Number(row[2]);
        }

        Assert.That(end, Is.EqualTo(bytes));
    }

    [Test]
    public void Table_Fields_AreAllOfTheCode()
    {
        IEnumerable<string> drawn = Tables
            .SelectMany(table => Rows(table.Table).Select(row => $"{table.Prefix}{row[3]}Offset"));
        IEnumerable<string> constants = typeof(PeerFrameLayout).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.Name).Where(name => name.EndsWith("Offset", StringComparison.Ordinal));
        Assert.That(drawn, Is.EquivalentTo(constants));
    }

    [Test]
    public void Table_Values_AreThoseOfTheCode()
    {
        string kinds = Rows("frame").Single(row => row[3] == "Kind")[4];
        Assert.That(kinds, Is.EqualTo(string.Join(
            ", ", Enum.GetValues<PeerFrameKind>().Skip(1).Select(kind => $"{(int)kind} {kind}"))));
        string magic = Rows("hello").Single(row => row[3] == "Magic")[4].Trim('`');
        Assert.That(
            BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(magic)),
            Is.EqualTo(PeerFrameLayout.HelloMagic));
        Assert.That(Rows("hello").Single(row => row[3] == "Version")[4], Does.StartWith(
            PeerFrameLayout.ProtocolVersion.ToString(CultureInfo.InvariantCulture)));
        Assert.That(Rows("hello").Single(row => row[3] == "Lane")[4], Is.EqualTo(string.Join(
            ", ", Enum.GetValues<PeerLane>().Select(lane => $"{(int)lane} {lane.ToString().ToLowerInvariant()}"))));
        string reasons = Rows("answer").Single(row => row[3] == "Reason")[4];
        foreach (PeerRefusal refusal in Enum.GetValues<PeerRefusal>())
        {
            Assert.That(reasons, Does.Contain($" {(int)refusal}"), refusal.ToString());
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Constant(string name) => (int)(typeof(PeerFrameLayout).GetField(name)?.GetRawConstantValue()
        ?? throw new AssertionException($"PeerFrameLayout has no {name}"));

    /// <summary>The cells of the rows below the ruler; the first is what stands before the line.</summary>
    private static IEnumerable<string[]> Rows(string table) => File
        .ReadAllText(Path.Combine(Root(), "docs", "formats", "peer.md"))
        .Split($"<!-- {table} -->\n")[1].Split('\n').Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
