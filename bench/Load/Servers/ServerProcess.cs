using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.Bench.Load.Driving;

namespace Keelson.Bench.Load.Servers;

/// <summary>One running server with a data directory of its own on free loopback ports.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const long QuotaBytes = 8L << 30;
    private static readonly TimeSpan ReadyTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(2);

    // A run that is interrupted must not leave servers or data behind. Also the lock of every clean-up: the program may
    // be ending on one thread while another one still clears up.
    private static readonly HashSet<ServerProcess> Running = [];

    private readonly ServerKind _kind;
    private readonly HttpClient _http = new();
    private readonly List<string> _lastLines = [];
    private Process? _process;

    static ServerProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (Running)
            {
                Running.ToList().ForEach(server => server.Dispose());
            }
        };
    }

    private ServerProcess(ServerKind kind, string folder)
    {
        _kind = kind;
        Folder = folder;
        (Client, Peer) = FreePorts();
        lock (Running)
        {
            Running.Add(this);
        }
    }

    public string Name => _kind.Name;

    /// <summary>The data directory.</summary>
    public string Folder { get; }

    public IPEndPoint Client { get; }

    public Target Target => new(Name, Client, Id, Folder);

    public int Id => _process?.Id ?? throw new InvalidOperationException("the server is not started");

    private IPEndPoint Peer { get; }

    /// <summary>Starts on an empty data directory and waits until it serves.</summary>
    public static ServerProcess StartFresh(ServerKind kind, string root)
    {
        string folder = Path.GetFullPath(Path.Combine(root, $"{kind.Name}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        ServerProcess server = new(kind, folder);
        try
        {
            server.Start();
            return server;
        }
        catch (Exception)
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>From the start of the program to its first "ready" on /readyz.</summary>
    public TimeSpan Start()
    {
        ProcessStartInfo start = new(_kind.Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (string argument in _kind.Prefix.Concat(Arguments()))
        {
            start.ArgumentList.Add(argument);
        }

        _process?.Dispose();
        long began = Stopwatch.GetTimestamp();
        Process process = Process.Start(start) ?? throw new IOException($"{_kind.Program} did not start");
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!IsReady())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > ReadyTime)
            {
                throw new IOException($"{Name} did not become ready:\n{LastLines()}");
            }

            Thread.Sleep(ProbePause);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>SIGTERM, and the time until the process is gone.</summary>
    public TimeSpan Stop()
    {
        long began = Stopwatch.GetTimestamp();
        Process process = Current();
        using (Process signal = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            signal.WaitForExit();
        }

        if (!process.WaitForExit(StopTime))
        {
            throw new IOException($"{Name} did not stop within {StopTime}:\n{LastLines()}");
        }

        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>SIGKILL: what a crash leaves behind.</summary>
    public void Kill()
    {
        Process process = Current();
        process.Kill();
        process.WaitForExit();
    }

    public ProcessSample Sample() => ProcessSample.Take(Id);

    /// <summary>Length of all files in the data directory, preallocated space included.</summary>
    public long DiskBytes() =>
        new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>A counter of /metrics; null when the server has none of this name.</summary>
    public double? Metric(string name) => DurabilitySample.ParseMetric(Get("/metrics", out _), name);

    public void Dispose()
    {
        lock (Running)
        {
            if (!Running.Remove(this))
            {
                return;
            }

            if (_process?.HasExited == false)
            {
                Kill();
            }

            _process?.Dispose();
            _http.Dispose();
            if (Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    private Process Current() => _process ?? throw new InvalidOperationException("the server is not started");

    private IEnumerable<string> Arguments() =>
    [
        "--name", "bench",
        "--data-dir", Path.Combine(Folder, "data"),
        "--listen-client-urls", $"http://{Client}",
        "--advertise-client-urls", $"http://{Client}",
        "--listen-peer-urls", $"http://{Peer}",
        "--initial-advertise-peer-urls", $"http://{Peer}",
        "--initial-cluster", $"bench=http://{Peer}",
        "--quota-backend-bytes", $"{QuotaBytes}",
        "--log-level", "warn",
    ];

    private bool IsReady()
    {
        // A refused connection costs microseconds; the HTTP client's own failure costs milliseconds.
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(Client);
            Get("/readyz", out HttpStatusCode status);
            return status == HttpStatusCode.OK;
        }
        catch (Exception failure) when (failure is SocketException or HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private string Get(string path, out HttpStatusCode status)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://{Client}{path}"));
        using HttpResponseMessage response = _http.Send(request);
        using StreamReader reader = new(response.Content.ReadAsStream());
        status = response.StatusCode;
        return reader.ReadToEnd();
    }

    private void Keep(string? line)
    {
        const int linesMax = 20;
        lock (_lastLines)
        {
            if (line is not null)
            {
                _lastLines.Add(line);
            }

            if (_lastLines.Count > linesMax)
            {
                _lastLines.RemoveAt(0);
            }
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
        {
            return string.Join('\n', _lastLines);
        }
    }

    // Both are held at once, so that the kernel cannot give the same port twice.
    private static (IPEndPoint Client, IPEndPoint Peer) FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0);
        using TcpListener second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return ((IPEndPoint)first.LocalEndpoint, (IPEndPoint)second.LocalEndpoint);
    }
}
