using System.Xml.Linq;

namespace Keelson.Architecture;

/// <summary>What a .csproj says: its references.</summary>
internal sealed class ProjectFile
{
    public ProjectFile(string path, string text)
    {
        Path = path;
        XDocument document = XDocument.Parse(text);
        References = document.Descendants("ProjectReference")
            .Select(item => (string?)item.Attribute("Include") ?? "")
            .Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))
            .ToList();
        Packages = document.Descendants("PackageReference").Concat(document.Descendants("FrameworkReference"))
            .Select(item => (string?)item.Attribute("Include") ?? "")
            .ToList();
    }

    /// <summary>Relative to the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Relative to the repository.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>Names of the projects that this one references.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Packages and shared frameworks.</summary>
    public IReadOnlyList<string> Packages { get; }
}
