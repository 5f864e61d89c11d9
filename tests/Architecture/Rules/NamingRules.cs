using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Architecture.Rules;

/// <summary>Where a reader expects a type to be, and what it may be called.</summary>
internal static class NamingRules
{
    // Words that say "I did not find what this is".
    private static readonly string[] BannedWords = ["Utils", "Util", "Utilities", "Helpers", "Helper", "Manager"];

    public static IEnumerable<Offence> All(SourceFile file) =>
        Namespace(file).Concat(OneType(file)).Concat(Banned(file)).Concat(NamespaceWord(file));

    private static IEnumerable<Offence> Namespace(SourceFile file)
    {
        string expected = file.Folder.Length == 0 ? file.Project : $"{file.Project}.{file.Folder.Replace('/', '.')}";
        foreach (BaseNamespaceDeclarationSyntax space in file.Root.Members.OfType<BaseNamespaceDeclarationSyntax>())
        {
            if (space.Name.ToString() != expected)
            {
                yield return file.Offend("namespace", file.LineOf(space), space.Name.ToString(),
                    $"namespaces equal folders: write `namespace {expected};` or move the file");
            }
        }
    }

    private static IEnumerable<Offence> OneType(SourceFile file)
    {
        List<MemberDeclarationSyntax> types = file.TopLevelTypes.ToList();
        var visible = types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).ToList();
        foreach (MemberDeclarationSyntax type in visible.Skip(1))
        {
            string name = SourceFile.TypeName(type);
            yield return file.Offend("one-public-type", file.LineOf(type), name, $"move it to {name}.cs");
        }

        // `Wal.Flush.cs` holds the part of `Wal` that flushes.
        string stem = file.Name.Split('.')[0];
        MemberDeclarationSyntax? main = visible.FirstOrDefault() ?? types.FirstOrDefault();
        bool named = visible.Count > 0
            ? SourceFile.TypeName(visible[0]) == stem
            : types.Count == 0 || types.Any(type => SourceFile.TypeName(type) == stem);
        if (!named && main is not null)
        {
            string name = SourceFile.TypeName(main);
            yield return file.Offend("file-name", file.LineOf(main), name, $"a file is named for its type: {name}.cs");
        }
    }

    private static IEnumerable<Offence> Banned(SourceFile file)
    {
        IEnumerable<(string Name, int Line)> names = file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Select(type => (type.Identifier.Text, file.LineOf(type.Identifier)))
            .Concat(file.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => (part, 1)));
        foreach ((string name, int line) in names)
        {
            if (BannedWords.FirstOrDefault(word => name.EndsWith(word, StringComparison.Ordinal)) is { } word)
            {
                yield return file.Offend("banned-name", line, name,
                    $"\"{word}\" names nothing: say what it does or owns, or move the function to the type it serves");
            }
        }
    }

    // A type named like its namespace makes every use of either ambiguous.
    private static IEnumerable<Offence> NamespaceWord(SourceFile file)
    {
        string space = file.Folder.Length == 0 ? file.Project : file.Folder;
        string word = space[(space.LastIndexOfAny(['/', '.']) + 1)..];
        foreach (MemberDeclarationSyntax type in file.TopLevelTypes)
        {
            if (SourceFile.TypeName(type) == word)
            {
                yield return file.Offend("namespace-word", file.LineOf(type), word,
                    "a type is not named like its namespace: use the longer word (KeyValueStore, not Store.Store)");
            }
        }
    }
}
