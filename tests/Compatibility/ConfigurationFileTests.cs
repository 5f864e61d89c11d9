using System.Net;
using System.Net.Sockets;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>Goal: what etcd refuses in a configuration file is refused here, and what it takes is taken.</summary>
public sealed class ConfigurationFileTests
{
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("keelson-compatibility-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [TestCase("heartbeat-interval: soon")]
    [TestCase("heartbeat-interval: '100'")]
    [TestCase("heartbeat-interval: -5")]
    [TestCase("quota-backend-bytes: 99999999999999999999")]
    [TestCase("strict-reconfig-check: 'true'")]
    [TestCase("grpc-keepalive-timeout: 3s")]
    [TestCase("log-outputs: stderr")]
    [TestCase("name: 5")]
    [TestCase("name: [a]")]
    [TestCase("name: [a")]
    [TestCase("auto-compaction-retention: 1")]
    [TestCase("listen-client-urls: ['http://127.0.0.1:23790']")]
    [TestCase("just text")]
    public void File_ThatEtcdRefuses_IsRefused(string text)
    {
        string path = Write(text);
        CommandResult etcd = RunningCommand.Run(PeerPrograms.Etcd, ["--config-file", path]);
        CommandResult ours = KeelsonTool.Run("store", "--config-file", path);
        Assert.Multiple(() =>
        {
            Assert.That(etcd.ExitCode, Is.Not.Zero, etcd.Errors);
            Assert.That(ours.ExitCode, Is.EqualTo(2), ours.Errors);
            Assert.That(ours.Errors, Does.Contain("the configuration file"));
        });
    }

    [Test]
    public void File_ThatEtcdTakes_IsTaken_AndEverythingBesideItIsIgnored()
    {
        Assert.That(NameServedBy(PeerPrograms.Etcd), Is.EqualTo("upper"));
        Assert.That(
            NameServedBy("dotnet", PeerPrograms.FindKeelson()!, "store"), Is.EqualTo("upper"));
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private string NameServedBy(string program, params string[] arguments)
    {
        (string client, string peer) = (FreeUrl(), FreeUrl());
        string path = Write(
            $"""
            NAME: upper
            data-dir: {Path.Combine(_directory, Path.GetFileName(program))}
            listen-client-urls: {client}
            advertise-client-urls: {client}
            listen-peer-urls: {peer}
            initial-advertise-peer-urls: {peer}
            initial-cluster: upper={peer}
            initial-cluster-token: null
            heartbeat-interval: 1e2
            election-timeout: 1000.0
            strict-reconfig-check: yes
            log-outputs: [stderr]
            nosuch: 1
            """);
        var environment = new Dictionary<string, string>
        {
            ["ETCD_NAME"] = "environment",
            ["ETCD_LOG_LEVEL"] = "nosuch",
            ["ETCD_NOSUCH"] = "1",
        };
        using RunningCommand command = RunningCommand.Start(
            program, [.. arguments, "--config-file", path, "--name", "flag"], environment);
        Assert.That(command.WaitForErrors("ready to serve client requests"), Is.True, () => command.Errors);
        string members = RunningCommand.Run(PeerPrograms.Etcdctl, ["--endpoints", client, "member", "list"])
            .RequireSuccess();
        command.Terminate();
        command.WaitForEnd();
        return members.Split(", ")[2];
    }

    private string Write(string text)
    {
        string path = Path.Combine(_directory, "configuration.yml");
        File.WriteAllText(path, text);
        return path;
    }
}
