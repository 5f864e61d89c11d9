using System.Globalization;

namespace Keelson.Architecture;

/// <summary>
/// Known excess, one a line: rule, path, subject, size, then "#" and the reason. It may only shrink: an entry that no
/// longer offends, or offends less, must be removed or lowered.
/// </summary>
internal sealed class ExceptionList
{
    public const string Path = "tests/Architecture/exceptions.txt";

    private readonly List<Entry> _entries;

    private ExceptionList(List<Entry> entries)
    {
        _entries = entries;
    }

    public static ExceptionList Parse(string text)
    {
        List<Entry> entries = [];
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] halves = line.Split('#', 2);
            string[] words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (halves.Length < 2 || halves[1].Trim().Length < 10 || words.Length != 4)
            {
                throw new FormatException($"{Path}: expected \"rule path subject size # reason\", found \"{line}\"");
            }

            entries.Add(new Entry(words[0], words[1], words[2], int.Parse(words[3], CultureInfo.InvariantCulture)));
        }

        return new ExceptionList(entries);
    }

    /// <summary>
    /// What is left to complain about: offences that are not listed, and entries that are too generous.
    /// </summary>
    public IReadOnlyList<string> Judge(IEnumerable<Offence> offences)
    {
        List<string> complaints = [];
        List<Entry> open = [.. _entries];
        foreach (Offence offence in offences)
        {
            Entry? entry = open.Find(candidate => candidate.Covers(offence));
            if (entry is null)
            {
                complaints.Add(offence.ToString());
                continue;
            }

            open.Remove(entry);
            if (offence.Size < entry.Size)
            {
                complaints.Add($"{Path}: {entry.Text}: now {offence.Size}: lower the listed size, it may only shrink");
            }
        }

        complaints.AddRange(open.Select(entry => $"{Path}: {entry.Text}: offends no longer: remove the line"));
        return complaints;
    }

    private sealed record Entry(string Rule, string Path, string Subject, int Size)
    {
        public string Text => $"{Rule} {Path} {Subject}";

        public bool Covers(Offence offence) =>
            offence.Rule == Rule && offence.Path == Path && offence.Subject == Subject && offence.Size <= Size;
    }
}
