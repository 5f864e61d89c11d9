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
    [TestCase("name: .inf")]
    [TestCase("nosuch: .nan")]
    [TestCase("~: x")]
    [TestCase("heartbeat-interval: 1:40")]
    [TestCase("heartbeat-interval: {a: 1}")]
    [TestCase("heartbeat-interval: !!int abc")]
    [TestCase("quota-backend-bytes: 9223372036854775807.0")]
    [TestCase("log-outputs: [stderr, 5]")]
    [TestCase("cors: [a]")]
    [TestCase("client-transport-security: 5")]
    [TestCase("client-transport-security: {cert-file: 5}")]
    [TestCase("peer-transport-security: {allowed-cn: a}")]
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

    // An election timeout of five heartbeats is the least: 0144 is 100, not 144.
    [TestCase("heartbeat-interval: 1e2\nelection-timeout: 1000.0\nstrict-reconfig-check: yes")]
    [TestCase("heartbeat-interval: 0144\nelection-timeout: 5_00\nlog-level: INFO")]
    [TestCase("heartbeat-interval: 0x64\nelection-timeout: 0b111110100\nlog-level: ''")]
    [TestCase("nosuch-group: {name: other, deep: [[1], {a: b}]}\ncert-file: /nosuch\npeer-cert-file: 5")]
    [TestCase("client-transport-security: {name: other, cert-file: ''}\npeer-transport-security: ~")]
    [TestCase("auto-compaction-retention: '5'\ninitial-cluster-state: ''")]
    public void File_ThatEtcdTakes_IsTaken_AndEverythingBesideItIsIgnored(string text)
    {
        Assert.That(NameServedBy(text, PeerPrograms.Etcd), Is.EqualTo("upper"));
        Assert.That(NameServedBy(text, "dotnet", PeerPrograms.FindKeelson()!, "store"), Is.EqualTo("upper"));
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private string NameServedBy(string text, string program, params string[] arguments)
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
            {text}
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
