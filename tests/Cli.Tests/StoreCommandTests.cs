using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Keelson.Cli.Tests;

/// <summary>Goal: what scripts and test suites rely on holds for the real process.</summary>
internal sealed class StoreCommandTests
{
    private string _directory = null!;

    private string[] ServeArguments =>
    [
        "store", "--data-dir", _directory, "--listen-client-urls", "http://127.0.0.1:0",
        "--advertise-client-urls", "http://127.0.0.1:2379",
    ];

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Version_HasEtcdsForm_ExitsZero()
    {
        using KeelsonProcess process = KeelsonProcess.Start("store", "--version");
        Assert.That(await process.WaitForExitAsync(), Is.Zero);
        Assert.That(process.Text, Does.Match(@"^etcd Version: 3\.6\.\d+\n"));
    }

    [TestCase("store", "--help")]
    [TestCase("--help")]
    [TestCase("up", "--help")]
    public async Task Help_ExitsZero(params string[] arguments)
    {
        using KeelsonProcess process = KeelsonProcess.Start(arguments);
        Assert.That(await process.WaitForExitAsync(), Is.Zero);
        Assert.That(process.Text, Does.Contain("--"));
    }

    // Goal: whoever reads the help of the server also finds its tools.
    [Test]
    public async Task StoreHelp_NamesEveryTool()
    {
        using KeelsonProcess process = KeelsonProcess.Start("store", "--help");
        Assert.That(await process.WaitForExitAsync(), Is.Zero);
        foreach (string tool in (string[])["snapshot", "verify", "inspect", "hashkv"])
        {
            Assert.That(process.Text, Does.Match($@"
  keelson store {tool} +[A-Z]"));
        }
    }

    [Test]
    public async Task Up_WithAPortInUse_SaysWhatElseToChoose()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using KeelsonProcess process = KeelsonProcess.Start("up", "--data-dir", _directory, "--store-port", $"{port}");
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(1));
        Assert.That(process.Text, Does.Contain("address already in use").And.Contain("--store-port and --data-dir"));
    }

    [TestCase("flag provided but not defined: -nosuch", "store", "--nosuch")]
    [TestCase("'extra' is not a valid flag", "store", "extra")]
    [TestCase("--cert-file cannot be set", "store", "--cert-file", "x")]
    [TestCase("nosuch", "nosuch")]
    [TestCase("--nosuch", "up", "--nosuch")]
    [TestCase("--store-port takes 0", "up", "--store-port", "65536")]
    public async Task Usage_Wrong_ExitsTwo(string text, params string[] arguments)
    {
        using KeelsonProcess process = KeelsonProcess.Start(arguments);
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(2));
        Assert.That(process.Text, Does.Contain(text));
    }

    [Test]
    public async Task Store_Started_SaysReady_AndStopsOnSigterm()
    {
        using KeelsonProcess process = KeelsonProcess.Start(ServeArguments);
        JsonElement line = JsonDocument.Parse(
            await process.WaitForLineAsync("ready to serve client requests")).RootElement;
        string address = line.GetProperty("addresses")[0].GetString()!;
        using var http = new HttpClient();
        string version = await http.GetStringAsync(new Uri(address + "/version"));
        await process.TerminateAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(
                version, Does.Match("""^\{"etcdserver":"3\.6\.\d+","etcdcluster":"3\.6\.0","storage":"3\.6\.0"\}$"""));
            Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Text);
        });
    }

    // Debian's unit of etcd is Type=notify: systemd ends a program that does not say that it is ready.
    [Test]
    public async Task Store_UnderSystemd_SaysReadyOnce()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string path = Path.Combine(_directory, "notify");
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using KeelsonProcess process = KeelsonProcess.StartWrapped(
            "env", [$"NOTIFY_SOCKET={path}", "dotnet", KeelsonProcess.Program, .. ServeArguments]);
        var message = new byte[100];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        int length = await socket.ReceiveAsync(message, patience.Token);
        Assert.That(System.Text.Encoding.ASCII.GetString(message, 0, length), Is.EqualTo("READY=1"));
        Assert.That(process.Text, Does.Contain("ready to serve client requests"));
        await process.TerminateAsync();
        Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Text);
        Assert.That(socket.Available, Is.Zero);
    }

    [Test]
    public async Task Store_UnderSystemdThatIsGone_ServesAllTheSame()
    {
        using KeelsonProcess process = KeelsonProcess.StartWrapped(
            "env", [$"NOTIFY_SOCKET={_directory}/nobody", "dotnet", KeelsonProcess.Program, .. ServeArguments]);
        await process.WaitForLineAsync("systemd was not told");
        await process.TerminateAsync();
        Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Text);
    }

    [Test]
    public async Task Store_OnAPortInUse_ExitsOne()
    {
        using KeelsonProcess first = KeelsonProcess.Start(ServeArguments);
        JsonElement line = JsonDocument.Parse(
            await first.WaitForLineAsync("ready to serve client requests")).RootElement;
        string address = line.GetProperty("addresses")[0].GetString()!;
        using KeelsonProcess second = KeelsonProcess.Start(
            "store", "--data-dir", Path.Combine(_directory, "second"), "--listen-client-urls", address,
            "--advertise-client-urls", address);
        Assert.That(await second.WaitForExitAsync(), Is.EqualTo(1), second.Text);
        Assert.That(second.Text, Does.Contain("cannot start"));
    }

    [Test]
    public async Task Store_OnADirectoryInUse_ExitsOne_AndNamesIt()
    {
        using KeelsonProcess first = KeelsonProcess.Start(ServeArguments);
        await first.WaitForLineAsync("ready to serve client requests");
        using KeelsonProcess second = KeelsonProcess.Start(ServeArguments);
        Assert.That(await second.WaitForExitAsync(), Is.EqualTo(1), second.Text);
        Assert.That(second.Text, Does.Contain("cannot start").And.Contain(_directory));
    }

    [Test]
    public async Task Store_OnEtcdsOwnFiles_ExitsOne_AndSaysWhatToDo()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "member", "wal"));
        using KeelsonProcess process = KeelsonProcess.Start(ServeArguments);
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(1), process.Text);
        Assert.That(process.Text, Does.Contain("snapshot restore"));
    }

    [Test]
    public async Task Snapshot_SavedAndRestored_HoldsWhatTheServerHeld()
    {
        string backup = Path.Combine(_directory, "backup.db");
        using (KeelsonProcess server = KeelsonProcess.Start(ServeArguments))
        {
            JsonElement line = JsonDocument.Parse(
                await server.WaitForLineAsync("ready to serve client requests")).RootElement;
            string address = line.GetProperty("addresses")[0].GetString()!;
            using KeelsonProcess save = KeelsonProcess.Start(
                "store", "snapshot", "save", backup, "--endpoint", address);
            Assert.That(await save.WaitForExitAsync(), Is.Zero, save.Text);
        }

        using KeelsonProcess status = KeelsonProcess.Start("store", "snapshot", "status", backup);
        using KeelsonProcess restore = KeelsonProcess.Start(
            "store", "snapshot", "restore", backup, "--data-dir", Path.Combine(_directory, "restored"));
        using KeelsonProcess missing = KeelsonProcess.Start("store", "snapshot", "status", backup + "x");
        Assert.Multiple(async () =>
        {
            Assert.That(await status.WaitForExitAsync(), Is.Zero, status.Text);
            Assert.That(await restore.WaitForExitAsync(), Is.Zero, restore.Text);
            Assert.That(await missing.WaitForExitAsync(), Is.EqualTo(1), missing.Text);
            Assert.That(restore.Text, Does.Contain("restored revision 1: 0 versions"));
        });
    }

    [Test]
    public async Task Up_Started_TellsWhatToTry_AndStopsOnSigterm()
    {
        using KeelsonProcess process = KeelsonProcess.Start("up", "--data-dir", _directory, "--store-port", "0");
        await process.WaitForLineAsync("Ctrl+C stops it");
        await process.TerminateAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(process.Text, Does.Match("^ready\n"));
            Assert.That(process.Text, Does.Match("export ETCDCTL_ENDPOINTS=http://127.0.0.1:[1-9][0-9]*\n"));
            Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Text);
        });
    }
}
