using System.Text;

namespace Keelson.Compatibility.Transcripts;

/// <summary>Reads a script of command lines; <see cref="ScriptStep"/> says what its lines mean.</summary>
internal static class ScriptParser
{
    public static IReadOnlyList<ScriptStep> Parse(IEnumerable<string> lines)
    {
        var steps = new List<ScriptStep>();
        foreach (string line in lines)
        {
            if (line.StartsWith('|'))
            {
                steps[^1] = AppendInput(steps[^1], line.Length > 2 ? line[2..] : "");
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                steps.Add(ParseStep(line));
            }
        }

        return steps;
    }

    private static ScriptStep ParseStep(string line)
    {
        List<string> words = Split(line);
        return words[0] switch
        {
            "$" => new ScriptStep.Run(line, false, words[1..], ""),
            "%" => new ScriptStep.Run(line, true, words[1..], ""),
            "start" => new ScriptStep.Start(line, words[1], words[2..], ""),
            "await" => new ScriptStep.Await(line, words[1], int.Parse(words[2], CultureInfo.InvariantCulture)),
            "end" => new ScriptStep.End(line, words[1]),
            _ => throw new FormatException($"not a step: {line}"),
        };
    }

    private static ScriptStep AppendInput(ScriptStep step, string line) => step switch
    {
        ScriptStep.Run run => run with { Input = $"{run.Input}{line}\n" },
        ScriptStep.Start start => start with { Input = $"{start.Input}{line}\n" },
        _ => throw new FormatException($"input after a step that takes none: {step.Line}"),
    };

    // As a shell does, as far as scripts need it: blanks separate, single and double quotes hold together.
    private static List<string> Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        foreach (char letter in line)
        {
            if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && letter is '\'' or '"')
            {
                quote = letter;
                word ??= new StringBuilder();
            }
            else if (quote == '\0' && letter == ' ')
            {
                Flush();
            }
            else
            {
                (word ??= new StringBuilder()).Append(letter);
            }
        }

        Flush();
        return words;

        void Flush()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }
}
