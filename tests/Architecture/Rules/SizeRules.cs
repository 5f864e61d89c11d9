using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Architecture.Rules;

/// <summary>
/// The budgets that keep a file readable in one sitting. Existing excess is listed and may only shrink.
/// </summary>
internal static class SizeRules
{
    public const int FunctionLinesMax = 70;
    public const int FileLinesMax = 600;
    public const int ColumnsMax = 120;
    public const int ParametersMax = 5;
    public const int FolderDepthMax = 2;

    public static IEnumerable<Offence> All(SourceFile file) =>
        Functions(file).Concat(FileLength(file)).Concat(Columns(file)).Concat(Parameters(file)).Concat(Depth(file));

    private static IEnumerable<Offence> Functions(SourceFile file)
    {
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (NameOf(node) is not { } name)
            {
                continue;
            }

            int first = file.LineOf(name);
            int lines = file.Tree.GetLineSpan(node.Span).EndLinePosition.Line + 2 - first;
            if (lines > FunctionLinesMax)
            {
                yield return file.Offend("function-lines", first, Owner(node, name),
                    $"{lines} lines, at most {FunctionLinesMax}: keep the branching here, push the work of each "
                    + "branch into a function of its own") with
                { Size = lines };
            }
        }
    }

    private static IEnumerable<Offence> FileLength(SourceFile file)
    {
        int lines = file.Lines.Count - (file.Lines[^1].Length == 0 ? 1 : 0);
        if (lines > FileLinesMax)
        {
            yield return file.Offend("file-lines", FileLinesMax, file.Name,
                $"{lines} lines, at most {FileLinesMax}: give one concern a type and file of its own") with
            { Size = lines };
        }
    }

    private static IEnumerable<Offence> Columns(SourceFile file)
    {
        for (int index = 0; index < file.Lines.Count; index++)
        {
            int columns = file.Lines[index].TrimEnd('\r').Length;
            if (columns > ColumnsMax)
            {
                yield return file.Offend("line-columns", index + 1, $"{columns} columns",
                    $"at most {ColumnsMax}: break the line or name a part of the expression") with
                { Size = columns };
            }
        }
    }

    private static IEnumerable<Offence> Parameters(SourceFile file)
    {
        foreach (BaseParameterListSyntax list in file.Root.DescendantNodes().OfType<BaseParameterListSyntax>())
        {
            if (list.Parameters.Count <= ParametersMax || list.Parent is null || IsExempt(list.Parent))
            {
                continue;
            }

            string subject = Subject(list.Parent);
            yield return file.Offend("parameters", file.LineOf(list), subject,
                $"{list.Parameters.Count} parameters, at most {ParametersMax}: pass an options record") with
            { Size = list.Parameters.Count };
        }
    }

    // A record with positional members is the options record; a foreign function's signature is not ours to choose;
    // a lambda's is its delegate's.
    private static bool IsExempt(SyntaxNode owner) =>
        owner is RecordDeclarationSyntax or LambdaExpressionSyntax or AnonymousMethodExpressionSyntax
        || (owner is MethodDeclarationSyntax method
            && (method.Modifiers.Any(SyntaxKind.ExternKeyword)
                || method.AttributeLists.ToString().Contains("LibraryImport", StringComparison.Ordinal)
                || method.Modifiers.Any(SyntaxKind.OverrideKeyword)));

    private static IEnumerable<Offence> Depth(SourceFile file)
    {
        int depth = file.Folder.Length == 0 ? 0 : file.Folder.Split('/').Length;
        if (depth > FolderDepthMax)
        {
            yield return file.Offend("folder-depth", 1, file.Folder,
                $"{depth} folders below the project, at most {FolderDepthMax}: move it up or into a project") with
            { Size = depth };
        }
    }

    private static SyntaxToken? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier,
        ConstructorDeclarationSyntax constructor => constructor.Identifier,
        DestructorDeclarationSyntax destructor => destructor.Identifier,
        LocalFunctionStatementSyntax local => local.Identifier,
        OperatorDeclarationSyntax operation => operation.OperatorToken,
        AccessorDeclarationSyntax accessor => accessor.Keyword,
        DelegateDeclarationSyntax declared => declared.Identifier,
        _ => null,
    };

    private static string Subject(SyntaxNode owner) => owner is TypeDeclarationSyntax type
        ? type.Identifier.Text
        : NameOf(owner) is { } name ? Owner(owner, name) : owner.Kind().ToString();

    private static string Owner(SyntaxNode node, SyntaxToken name)
    {
        string? type = node.Ancestors().OfType<BaseTypeDeclarationSyntax>().FirstOrDefault()?.Identifier.Text;
        return type is null ? name.Text : $"{type}.{name.Text}";
    }
}
