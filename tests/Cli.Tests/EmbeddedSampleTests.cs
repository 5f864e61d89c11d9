using System.Runtime.CompilerServices;

namespace Keelson.Cli.Tests;

/// <summary>The sample of the README: what it shows is what runs.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EmbeddedSampleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Sample_RunTwice_GoesOnWithWhatItStored()
    {
        Assert.That(await RunAsync(), Is.EqualTo("under way, revision 3"));
        Assert.That(await RunAsync(), Is.EqualTo("under way, revision 5"));
    }

    [Test]
    public void Readme_ShowsTheSample_InUnderTenLines()
    {
        string root = Root();
        string[] sample =
        [
            .. File.ReadAllText(Path.Combine(root, "samples/EmbeddedStore/Program.cs"))
                .Replace("args.Length > 0 ? args[0] : ", "", StringComparison.Ordinal)
                .Split('\n')
                .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)),
        ];
        IEnumerable<string> shown = File.ReadLines(Path.Combine(root, "README.md"))
            .SkipWhile(line => line != "```csharp").Skip(1)
            .TakeWhile(line => line != "```")
            .Where(line => line.Length > 0);

        Assert.That(shown, Is.EqualTo(sample));
        Assert.That(sample, Has.Length.LessThan(10));
    }

    private async Task<string> RunAsync()
    {
        string program = Path.Combine(
            TestContext.CurrentContext.TestDirectory, "Keelson.Samples.EmbeddedStore.dll");
        using var sample = KeelsonProcess.StartWrapped("dotnet", [program, Path.Combine(_directory, "data")]);
        Assert.That(await sample.WaitForExitAsync(), Is.Zero, () => sample.Text);
        return sample.Text.Trim();
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
