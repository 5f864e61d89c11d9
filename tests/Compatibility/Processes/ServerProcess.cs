using System.Net;
using System.Net.Sockets;

namespace Keelson.Compatibility.Processes;

/// <summary>A running server of etcd's v3 API with its own data directory, on free loopback ports.</summary>
internal abstract class ServerProcess : IDisposable
{
    // What etcd 3.5 prints when clients can connect, and what keelson store promises to print.
    private const string ReadyLine = "ready to serve client requests";
    private const int StartsMax = 3;
    private RunningCommand? _command;

    public string Directory { get; } = CreateDirectory();

    /// <summary>More than what every server here gets.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public string DataDirectory => Path.Combine(Directory, "data");

    public string Endpoint { get; private set; } = "";

    public string PeerEndpoint { get; private set; } = "";

    public string ClientUrl => $"http://{Endpoint}";

    public string PeerUrl => $"http://{PeerEndpoint}";

    /// <summary>Runs etcdctl against this server.</summary>
    public CommandResult Etcdctl(IEnumerable<string> arguments, string input = "") =>
        RunningCommand.Run(PeerPrograms.Etcdctl, arguments, input, ClientEnvironment);

    public CommandResult Etcdctl(params string[] arguments) => Etcdctl(arguments.AsEnumerable());

    public IReadOnlyDictionary<string, string> ClientEnvironment =>
        new Dictionary<string, string> { ["ETCDCTL_ENDPOINTS"] = Endpoint };

    /// <summary>Ends the server in order; its data stays until <see cref="Dispose"/>.</summary>
    public CommandResult Stop()
    {
        RunningCommand command = _command ?? throw new InvalidOperationException("the server was not started");
        command.Terminate();
        return command.WaitForEnd();
    }

    /// <summary>Starts (again) on the same data, on the same ports when there were some.</summary>
    public void Start()
    {
        for (int start = 1; ; start++)
        {
            if (Endpoint.Length == 0 || start > 1)
            {
                Endpoint = FreeEndpoint();
                PeerEndpoint = FreeEndpoint();
            }

            _command?.Dispose();
            _command = Launch();
            if (_command.WaitForErrors(ReadyLine))
            {
                return;
            }

            // A free port may be taken by another process between the look and the start.
            Assert.That(start, Is.LessThan(StartsMax), () => $"{GetType().Name} does not start: {_command.Errors}");
        }
    }

    public void Dispose()
    {
        _command?.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    protected abstract RunningCommand Launch();

    protected IEnumerable<string> CommonArguments =>
    [
        "--name", "default",
        "--data-dir", DataDirectory,
        "--listen-client-urls", ClientUrl,
        "--advertise-client-urls", ClientUrl,
        "--listen-peer-urls", PeerUrl,
        .. Flags,
    ];

    private static string CreateDirectory() =>
        System.IO.Directory.CreateTempSubdirectory("keelson-compatibility-").FullName;

    private static string FreeEndpoint()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString() ?? throw new InvalidOperationException("no endpoint");
    }
}
