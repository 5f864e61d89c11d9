namespace Keelson.Architecture;

/// <summary>The files of this repository, found from where the tests run. Read once.</summary>
internal static class Repository
{
    private static readonly string[] SourceRoots = ["src", "tests", "bench", "samples", "eng", "jepsen-like"];
    private static readonly string[] SkippedFolders = ["obj", "bin", "artifacts", "node_modules"];

    private static readonly Lazy<string> RootLazy = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<ProjectFile>> ProjectsLazy = new(ReadProjects);
    private static readonly Lazy<IReadOnlyList<SourceFile>> SourcesLazy = new(ReadSources);

    public static string Root => RootLazy.Value;

    public static IReadOnlyList<ProjectFile> Projects => ProjectsLazy.Value;

    public static IReadOnlyList<SourceFile> Sources => SourcesLazy.Value;

    public static string ReadText(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>Paths relative to the repository of the files below a folder; none when it does not exist.</summary>
    public static IEnumerable<string> FilesBelow(string folder, string pattern)
    {
        string path = Path.Combine(Root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
                .Select(Relative).Where(IsOurs).Order(StringComparer.Ordinal)
            : [];
    }

    private static bool IsOurs(string path) => !path.Split('/').Any(part => SkippedFolders.Contains(part));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Store.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no Store.sln above the test assembly");
    }

    private static List<ProjectFile> ReadProjects() =>
        SourceRoots.SelectMany(root => FilesBelow(root, "*.csproj"))
            .Select(path => new ProjectFile(path, ReadText(path)))
            .ToList();

    private static List<SourceFile> ReadSources() =>
        Projects.SelectMany(project => FilesBelow(project.Folder, "*.cs").Select(path => Read(project, path))).ToList();

    private static SourceFile Read(ProjectFile project, string path)
    {
        string below = path[(project.Folder.Length + 1)..];
        int slash = below.LastIndexOf('/');
        return new SourceFile(path, project.Name, slash < 0 ? "" : below[..slash], ReadText(path));
    }
}
