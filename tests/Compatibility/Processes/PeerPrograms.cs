namespace Keelson.Compatibility.Processes;

/// <summary>Where the real programs are (eng/peers.sh puts them there), and what happens when they are not.</summary>
internal static class PeerPrograms
{
    private const string WithoutPeers = "KEELSON_WITHOUT_PEERS";
    private const string StoreProgramVariable = "KEELSON_PROGRAM";

    public static string Root { get; } = FindRoot();

    public static string Etcd => Require("bin/etcd");

    public static string Etcdctl => Require("bin/etcdctl");

    public static string Etcdutl => Require("bin/etcdutl");

    /// <summary>Debian's python3: its etcd3 client does not belong to any other one.</summary>
    public static string Python => "/usr/bin/python3";

    public static string PythonPath => Path.Combine(Require("python"), "usr/lib/python3/dist-packages");

    public static string TestData(string name) => Path.Combine(Root, "tests/Compatibility/testdata", name);

    /// <summary>keelson.dll: the one that the environment names, or else the newest build in artifacts.</summary>
    public static string? FindKeelson()
    {
        string? named = Environment.GetEnvironmentVariable(StoreProgramVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return named;
        }

        string outputs = Path.Combine(Root, "artifacts/bin/Keelson.Cli");
        return Directory.Exists(outputs)
            ? Directory.EnumerateFiles(outputs, "keelson.dll", SearchOption.AllDirectories)
                .OrderByDescending(File.GetLastWriteTimeUtc)
                .FirstOrDefault()
            : null;
    }

    /// <summary>A path under .peers. A missing one fails the test, or ignores it when that was asked for.</summary>
    private static string Require(string name)
    {
        string path = Path.Combine(Root, ".peers", name);
        if (!Path.Exists(path))
        {
            string reason = $"real peers are missing ({name} is not in .peers): run eng/peers.sh, "
                + $"or set {WithoutPeers}=1 to ignore the tests that need them";
            if (Environment.GetEnvironmentVariable(WithoutPeers) == "1")
            {
                Assert.Ignore(reason);
            }

            Assert.Fail(reason);
        }

        return path;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Store.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("these tests run inside the repository");
    }
}
