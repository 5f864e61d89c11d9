using System.Text.RegularExpressions;
using Keelson.Architecture.Rules;

namespace Keelson.Architecture;

/// <summary>Projects, solution and documents: what a newcomer sees first, and what must not drift.</summary>
public sealed partial class StructureTests
{
    [Test]
    public void Projects_All_ReferenceOnlyWhatTheLawAllows()
    {
        List<string> offences = Repository.Projects.SelectMany(ReferenceLaw.Check)
            .Select(item => item.ToString()).ToList();
        Assert.That(offences, Is.Empty, string.Join('\n', offences));
    }

    [Test]
    public void Solution_Format_IsClassic()
    {
        Assert.That(Repository.ReadText("Store.sln").TrimStart('\uFEFF', '\r', '\n'),
            Does.StartWith("Microsoft Visual Studio Solution File, Format Version 12.00"),
            "Store.sln: `dotnet new sln -f sln` gives the classic format, which every tool reads");
    }

    // A project without a source file is a reserved place, not yet a project.
    [Test]
    public void Solution_Projects_AreThoseOnDisk()
    {
        HashSet<string> withSource = Repository.Sources.Select(file => file.Project).ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> onDisk = Repository.Projects.Where(item => withSource.Contains(item.Name))
            .Select(item => item.Path);
        IEnumerable<string> listed = SolutionProject().Matches(Repository.ReadText("Store.sln"))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'));
        Assert.That(listed.Where(path => withSource.Contains(Path.GetFileNameWithoutExtension(path))),
            Is.EquivalentTo(onDisk), "`dotnet sln Store.sln add --solution-folder <folder> <project>` adds a project");
    }

    [Test]
    public void Solution_Projects_AllExist()
    {
        IEnumerable<string> missing = SolutionProject().Matches(Repository.ReadText("Store.sln"))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .Where(path => !Repository.Exists(path));
        Assert.That(missing, Is.Empty, "`dotnet sln Store.sln remove <project>` removes a project");
    }

    [Test]
    public void Formats_AllDocuments_AreNamedInTheArchitecture()
    {
        const string architecture = "docs/ARCHITECTURE.md";
        List<string> formats = Repository.FilesBelow("docs/formats", "*.md").ToList();
        string text = Repository.Exists(architecture) ? Repository.ReadText(architecture) : string.Concat(formats);
        IEnumerable<string> unnamed = formats
            .Where(path => !text.Contains(path["docs/".Length..], StringComparison.Ordinal));
        Assert.That(unnamed, Is.Empty, $"{architecture}: link each of these, a format nobody finds is not documented");
    }

    [Test]
    public void Decisions_Numbers_AreDenseAndTitled()
    {
        List<string> names = Repository.FilesBelow("docs/decisions", "*.md")
            .Select(path => Path.GetFileName(path)).ToList();
        IEnumerable<string> expected = Enumerable.Range(1, names.Count).Select(number => $"{number:D4}");
        Assert.That(names.Select(name => name[..4]), Is.EqualTo(expected),
            "docs/decisions: records are NNNN-title.md, numbered without gaps or repeats");
        foreach (string name in names)
        {
            string text = Repository.ReadText($"docs/decisions/{name}");
            Assert.That(text,
                Does.Contain("## Context").And.Contain("## Decision").And.Contain("## Consequences"), name);
        }
    }

    [Test]
    public void Packages_All_AreNamedInADecision()
    {
        string decisions = string.Concat(Repository.FilesBelow("docs/decisions", "*.md")
            .Select(path => Repository.ReadText($"docs/decisions/{Path.GetFileName(path)}")));
        IEnumerable<string> packages = Package().Matches(Repository.ReadText("Directory.Packages.props"))
            .Select(match => match.Groups[1].Value);
        Assert.That(packages.Where(package => !decisions.Contains(package, StringComparison.Ordinal)), Is.Empty,
            "docs/decisions: each package has a record that says what it is for");
    }

    [GeneratedRegex("<(?:PackageVersion|GlobalPackageReference) Include=\"([^\"]+)\"")]
    private static partial Regex Package();

    [GeneratedRegex("^Project\\(.*\"([^\"]+\\.csproj)\"", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();
}
