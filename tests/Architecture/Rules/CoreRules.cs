using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Architecture.Rules;

/// <summary>
/// What a core may not do. Single symbols (files, clocks, threads) are banned by eng/BannedSymbols.txt.
/// </summary>
internal static class CoreRules
{
    private const string HostNamespace = "Keelson.Store.Host";

    // The ban on symbols looks at what is called: a type in a signature calls nothing.
    private static readonly string[] AsyncTypes =
    [
        "Task", "ValueTask", "TaskCompletionSource", "TaskScheduler", "CancellationToken", "CancellationTokenSource",
        "IAsyncEnumerable", "IAsyncEnumerator", "IAsyncDisposable", "IValueTaskSource",
    ];

    public static IEnumerable<Offence> All(SourceFile file) => Unsafe(file).Concat(Async(file)).Concat(Host(file));

    private static IEnumerable<Offence> Unsafe(SourceFile file)
    {
        if (file.Path.StartsWith("src/Base/Memory/", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (SyntaxToken token in file.Root.DescendantTokens().Where(part => part.IsKind(SyntaxKind.UnsafeKeyword)))
        {
            yield return file.Offend("unsafe", file.LineOf(token), "unsafe",
                "pointers live in src/Base/Memory: use spans over a NativeBlock");
        }
    }

    private static IEnumerable<Offence> Async(SourceFile file)
    {
        if (!file.IsCore)
        {
            yield break;
        }

        foreach (SyntaxToken token in file.Root.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.AsyncKeyword) || token.IsKind(SyntaxKind.AwaitKeyword))
            {
                yield return file.Offend("async-core", file.LineOf(token), token.Text,
                    "cores are synchronous: return the work to do, the shell does it");
            }
        }

        foreach (SimpleNameSyntax name in file.Root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (AsyncTypes.Contains(name.Identifier.Text))
            {
                yield return file.Offend("async-core", file.LineOf(name), name.Identifier.Text,
                    "cores are synchronous: return the work to do, the shell awaits it");
            }
        }

        foreach (UsingDirectiveSyntax use in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            if (use.Name?.ToString() is "System.Threading.Tasks" or "System.Threading.Channels")
            {
                yield return file.Offend("async-core", file.LineOf(use), use.ToString(),
                    "cores are synchronous: remove the using and return the work to do");
            }
        }
    }

    // Inside Store only Host touches threads and files, so nothing below it may know that it exists.
    private static IEnumerable<Offence> Host(SourceFile file)
    {
        if (!file.Path.StartsWith("src/Store/", StringComparison.Ordinal) || !file.IsCore)
        {
            yield break;
        }

        foreach (SyntaxNode node in file.Root.DescendantNodes().Where(node => node is NameSyntax))
        {
            string name = node.ToString();
            if (name == HostNamespace || name is "Store.Host" || name.StartsWith("Host.", StringComparison.Ordinal))
            {
                yield return file.Offend("names-host", file.LineOf(node), name,
                    "Host calls the core, never the other way: take an interface from src/Base/Seams");
            }
        }
    }
}
