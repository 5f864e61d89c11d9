using System.Net;
using System.Net.Sockets;

namespace Keelson.Compatibility.Processes;

/// <summary>Three members on loopback: ours or etcd's, each a process with a directory of its own.</summary>
internal sealed class ClusterProcesses : IDisposable
{
    private const string ReadyLine = "ready to serve client requests";

    private readonly string _directory =
        Directory.CreateTempSubdirectory("keelson-cluster-").FullName;

    private readonly string _program;
    private readonly IReadOnlyList<string> _firstArguments;
    private readonly RunningCommand?[] _commands;
    private readonly string[] _peers;

    private ClusterProcesses(string program, IReadOnlyList<string> firstArguments, IReadOnlyList<string> peers)
    {
        _program = program;
        _firstArguments = firstArguments;
        _commands = new RunningCommand?[peers.Count];
        _peers = [.. peers];
        Endpoints = FreeEndpoints(peers.Count);
    }

    /// <summary>Where clients connect, in the order of the members.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    /// <summary>Peer addresses for a cluster that is to be started.</summary>
    public static string[] FreeEndpoints(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        string[] endpoints = [.. listeners.Select(listener => listener.LocalEndpoint.ToString()!)];
        Array.ForEach(listeners, listener => listener.Dispose());
        return endpoints;
    }

    public static ClusterProcesses StartKeelson(IReadOnlyList<string> peers)
    {
        string? program = PeerPrograms.FindKeelson();
        Assert.That(program, Is.Not.Null, "keelson.dll is not built: build src/Cli, or name it in KEELSON_PROGRAM");
        return Start(new ClusterProcesses("dotnet", [program!, "store"], peers));
    }

    public static ClusterProcesses StartEtcd(IReadOnlyList<string> peers) =>
        Start(new ClusterProcesses(PeerPrograms.Etcd, ["--unsafe-no-fsync"], peers));

    public void Start(int member)
    {
        Launch(member);
        WaitUntilReady(member);
    }

    public void Kill(int member) => _commands[member]!.Kill();

    public CommandResult Stop(int member)
    {
        _commands[member]!.Terminate();
        return _commands[member]!.WaitForEnd();
    }

    /// <summary>etcdctl against some of the members; all when none are named.</summary>
    public CommandResult Etcdctl(IEnumerable<int> members, params string[] arguments) => RunningCommand.Run(
        PeerPrograms.Etcdctl,
        arguments,
        "",
        new Dictionary<string, string>
        {
            ["ETCDCTL_ENDPOINTS"] = string.Join(',', members.Select(member => Endpoints[member])),
        });

    public CommandResult Etcdctl(params string[] arguments) =>
        Etcdctl(Enumerable.Range(0, _commands.Length), arguments);

    public void Dispose()
    {
        foreach (RunningCommand? command in _commands)
        {
            command?.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static ClusterProcesses Start(ClusterProcesses cluster)
    {
        for (int member = 0; member < cluster._commands.Length; member++)
        {
            cluster.Launch(member);
        }

        for (int member = 0; member < cluster._commands.Length; member++)
        {
            cluster.WaitUntilReady(member);
        }

        return cluster;
    }

    private void Launch(int member)
    {
        _commands[member]?.Dispose();
        _commands[member] = RunningCommand.Start(
            _program,
            [
                .. _firstArguments,
                "--name", $"m{member}",
                "--data-dir", Path.Combine(_directory, $"m{member}"),
                "--listen-client-urls", $"http://{Endpoints[member]}",
                "--advertise-client-urls", $"http://{Endpoints[member]}",
                "--listen-peer-urls", $"http://{_peers[member]}",
                "--initial-advertise-peer-urls", $"http://{_peers[member]}",
                "--initial-cluster", string.Join(',', _peers.Select((peer, number) => $"m{number}=http://{peer}")),
            ]);
    }

    private void WaitUntilReady(int member) => Assert.That(
        _commands[member]!.WaitForErrors(ReadyLine), Is.True, () => $"m{member}: {_commands[member]!.Errors}");
}
