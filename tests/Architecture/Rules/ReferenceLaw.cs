namespace Keelson.Architecture.Rules;

/// <summary>Which project may reference which: arrows point down only (docs/ARCHITECTURE.md).</summary>
internal static class ReferenceLaw
{
    private static readonly Dictionary<string, string[]> AllowedByProject = new(StringComparer.Ordinal)
    {
        ["Base"] = [],
        ["Raft"] = ["Base"],
        ["Store"] = ["Base"],
        ["Rpc"] = ["Base"],
        ["StoreServer"] = ["Base", "Raft", "Store", "Rpc"],
        ["Objects"] = ["Base"],
        ["Client"] = ["Base", "Objects", "Rpc"],
        ["ApiServer"] = ["Base", "Objects", "Client", "Rpc"],
        ["Controllers"] = ["Base", "Client", "Objects"],
        ["Scheduler"] = ["Base", "Client", "Objects"],
        ["NodeAgent"] = ["Base", "Client", "Objects", "Rpc"],
        ["Proxy"] = ["Base", "Client", "Objects"],
        ["Cli"] =
        [
            "Base", "Raft", "Store", "Rpc", "StoreServer", "Objects", "Client", "ApiServer", "Controllers",
            "Scheduler", "NodeAgent", "Proxy",
        ],
    };

    // Samples show what other people can do: they see only what is published as a package.
    private static readonly string[] Published = ["Keelson.Base", "Keelson.Store", "Keelson.Client", "Keelson.Objects"];

    private static readonly string[] PackageFree = ["Keelson.Base", "Keelson.Raft", "Keelson.Store", "Keelson.Objects"];

    public static IEnumerable<Offence> Check(ProjectFile project)
    {
        if (project.Folder.StartsWith("src/", StringComparison.Ordinal))
        {
            return CheckProduct(project).Concat(CheckPackages(project));
        }

        return project.Folder.StartsWith("samples/", StringComparison.Ordinal)
            ? project.References.Where(name => !Published.Contains(name))
                .Select(name => Offend(project, name, "a sample references published packages only"))
            : [];
    }

    private static IEnumerable<Offence> CheckProduct(ProjectFile project)
    {
        string word = project.Folder["src/".Length..];
        if (project.Name != $"Keelson.{word}")
        {
            return [Offend(project, project.Name, $"the project in {project.Folder} is named Keelson.{word}")];
        }

        if (!AllowedByProject.TryGetValue(word, out string[]? allowed))
        {
            return
            [
                Offend(project, project.Name,
                    "a new project under src/ needs a decision record and a row in ReferenceLaw.cs"),
            ];
        }

        string list = allowed.Length == 0 ? "nothing" : string.Join(", ", allowed);
        string advice = $"{project.Name} may reference {list}; move the code or invert the call";
        return project.References.Where(name => !allowed.Any(part => name == $"Keelson.{part}"))
            .Select(name => Offend(project, name, advice));
    }

    private static IEnumerable<Offence> CheckPackages(ProjectFile project) =>
        PackageFree.Contains(project.Name)
            ? project.Packages.Select(name => Offend(project, name, "a core references no package"))
            : [];

    private static Offence Offend(ProjectFile project, string subject, string advice) =>
        new("reference", project.Path, 1, subject) { Advice = advice };
}
