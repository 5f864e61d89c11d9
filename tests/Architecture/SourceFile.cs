using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Architecture;

/// <summary>One C# file: its text, its syntax and where it lies below its project.</summary>
internal sealed class SourceFile
{
    // Preview: the analysis library is older than the compiler and must not refuse newer syntax.
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    public SourceFile(string path, string project, string folder, string text)
    {
        Path = path;
        Project = project;
        Folder = folder;
        Lines = text.Split('\n');
        Tree = CSharpSyntaxTree.ParseText(text, Options);
        Root = Tree.GetCompilationUnitRoot();
    }

    /// <summary>Relative to the repository, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The project's name, which is also its root namespace.</summary>
    public string Project { get; }

    /// <summary>Relative to the project: "" or "Log" or "Log/Segments".</summary>
    public string Folder { get; }

    public IReadOnlyList<string> Lines { get; }

    public SyntaxTree Tree { get; }

    public CompilationUnitSyntax Root { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsCore =>
        (Path.StartsWith("src/Base/", StringComparison.Ordinal)
            || Path.StartsWith("src/Raft/", StringComparison.Ordinal)
            || Path.StartsWith("src/Store/", StringComparison.Ordinal))
        && !Path.StartsWith("src/Store/Host/", StringComparison.Ordinal)
        && !IsEmbeddingFace;

    /// <summary>What embedders call: it awaits Host's work under the library's own name (decision 12).</summary>
    private bool IsEmbeddingFace => Path.StartsWith("src/Store/KeyValueStore.", StringComparison.Ordinal);

    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public static string TypeName(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declaration => declaration.Identifier.Text,
        DelegateDeclarationSyntax declaration => declaration.Identifier.Text,
        _ => throw new ArgumentException("not a type declaration", nameof(type)),
    };

    public int LineOf(SyntaxNode node) => Tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;

    public int LineOf(SyntaxToken token) => Tree.GetLineSpan(token.Span).StartLinePosition.Line + 1;

    public int LineOf(SyntaxTrivia trivia) => Tree.GetLineSpan(trivia.Span).StartLinePosition.Line + 1;

    public Offence Offend(string rule, int line, string subject, string advice) =>
        new(rule, Path, line, subject) { Advice = advice };
}
