using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Keelson.Architecture.Rules;

/// <summary>Promises in comments have an issue, and nothing hides behind a fold.</summary>
internal static partial class CommentRules
{
    public static IEnumerable<Offence> All(SourceFile file)
    {
        foreach (SyntaxTrivia trivia in file.Root.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
            {
                yield return file.Offend("region", file.LineOf(trivia), "#region",
                    "a file that needs folding needs splitting: one type per concern");
            }
            else if (trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia))
            {
                yield return file.Offend("pragma", file.LineOf(trivia), "#pragma warning",
                    "a rule is on, or off in .editorconfig with its reason");
            }
            else if (Promise(trivia.ToFullString()) is { } advice)
            {
                yield return file.Offend("promise", file.LineOf(trivia), "unfinished work in a comment", advice);
            }
        }
    }

    /// <summary>What to do about a promise in this comment; null when there is none.</summary>
    public static string? Promise(string comment) =>
        BareFix().IsMatch(comment) ? "mend it now, or open an issue and write `TODO #number: what`"
        : BareTodo().IsMatch(comment) ? "write `TODO #number: what`, with the number of the issue that will do it"
        : null;

    [GeneratedRegex(@"\bFIXME\b|\bXXX\b")]
    private static partial Regex BareFix();

    [GeneratedRegex(@"\bTODO\b(?! #\d+)")]
    private static partial Regex BareTodo();
}
