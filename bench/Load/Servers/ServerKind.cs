namespace Keelson.Bench.Load.Servers;

/// <summary>Which program to run and how to call it; both take etcd's flags.</summary>
internal sealed record ServerKind(string Name, string Program, IReadOnlyList<string> Prefix)
{
    /// <summary>"etcd", "keelson", or "name=path" for another build of either.</summary>
    public static ServerKind Parse(string text, bool mustExist)
    {
        string[] parts = text.Split('=', 2);
        string name = parts[0];
        bool ours = name.StartsWith("keelson", StringComparison.Ordinal);
        string program = parts.Length == 2 ? parts[1] : ours ? "out/keelson/keelson" : ".peers/bin/etcd";
        if (mustExist && !File.Exists(program))
        {
            string how = ours ? "make build" : "eng/peers.sh";
            throw new FileNotFoundException($"{program} does not exist; `{how}` makes it", program);
        }

        return new ServerKind(name, Path.GetFullPath(program), ours ? ["store"] : []);
    }
}
