using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Tests.Options;

/// <summary>Goal: etcd's configuration files are read as etcd reads them; no file can hurt.</summary>
internal sealed class ConfigurationFileTests
{
    [Test]
    public void File_LikeEtcdsSample_IsRead()
    {
        OptionsReading.Serve serve = Serve(
            """
            # Human-readable name for this member.
            name: 'node'
            data-dir: /d
            quota-backend-bytes: 0
            listen-client-urls: http://localhost:2379,http://127.0.0.2:2379
            advertise-client-urls: http://localhost:2379
            initial-cluster:
            cors:
            strict-reconfig-check: false
            watch-progress-notify-interval: 5000000000
            grpc-keepalive-timeout: 3000000000
            client-transport-security:
              cert-file:
              client-cert-auth: false
              auto-tls: false
            peer-transport-security:
              allowed-cn:
              auto-tls: false
            log-level: debug
            log-outputs: [stderr]
            """);
        Assert.Multiple(() =>
        {
            Assert.That(serve.Options.Name, Is.EqualTo("node"));
            Assert.That(serve.Options.DataDirectory, Is.EqualTo("/d"));
            Assert.That(serve.Options.ListenClientUrls, Has.Count.EqualTo(2));
            Assert.That(serve.Options.WatchProgressNotifyInterval, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(serve.Options.KeepAliveTimeout, Is.EqualTo(TimeSpan.FromSeconds(3)));
            Assert.That(serve.Options.LogLevel, Is.EqualTo("debug"));
            Assert.That(serve.Options.LogOutputs, Is.EqualTo(new[] { "stderr" }));
            Assert.That(
                serve.Warnings,
                Is.EqualTo(new[] { "--strict-reconfig-check has no effect: members cannot be changed yet" }));
        });
    }

    [Test]
    public void File_MakesFlagsAndEnvironmentIgnored()
    {
        OptionsReading reading = OptionsReader.Read(
            ["--config-file", "f", "--name", "flag"],
            new Dictionary<string, string> { ["ETCD_NAME"] = "environment", ["ETCD_LOG_LEVEL"] = "debug" },
            static _ => "data-dir: d");
        Assert.Multiple(() =>
        {
            Assert.That(((OptionsReading.Serve)reading).Options.Name, Is.EqualTo("default"));
            Assert.That(((OptionsReading.Serve)reading).Options.LogLevel, Is.EqualTo("info"));
            Assert.That(
                ((OptionsReading.Serve)reading).Warnings,
                Has.One.Contains("ignored beside a configuration file: --name, ETCD_LOG_LEVEL, ETCD_NAME"));
        });
    }

    [Test]
    public void File_NamedByTheEnvironment_IsRead()
    {
        OptionsReading reading = OptionsReader.Read(
            [], new Dictionary<string, string> { ["ETCD_CONFIG_FILE"] = "f" }, static path => $"name: from-{path}");
        Assert.That(((OptionsReading.Serve)reading).Options.Name, Is.EqualTo("from-f"));
    }

    [TestCase("")]
    [TestCase("# nothing")]
    [TestCase("---")]
    [TestCase("{}")]
    public void File_Empty_MeansDefaults(string text) =>
        Assert.That(Serve(text).Options.Name, Is.EqualTo("default"));

    [TestCase("name: [a")]
    [TestCase("- a")]
    [TestCase("just text")]
    [TestCase("name: &a x\ndata-dir: *a")]
    [TestCase("name: [[a]]")]
    [TestCase("name: .inf")]
    [TestCase("nosuch: .NaN")]
    [TestCase("heartbeat-interval: !!int abc")]
    [TestCase("heartbeat-interval: !!int 100.0")]
    [TestCase("heartbeat-interval: {a: 1}")]
    [TestCase("heartbeat-interval: 1:40")]
    [TestCase("heartbeat-interval: 1e21")]
    [TestCase("quota-backend-bytes: 9223372036854775807.0")]
    [TestCase("log-outputs: [stderr, 5]")]
    [TestCase("~: x")]
    [TestCase("client-transport-security: 5")]
    [TestCase("client-transport-security: {cert-file: 5}")]
    [TestCase("auto-compaction-retention: 1h")]
    [TestCase("heartbeat-interval: soon")]
    [TestCase("name: \u0000")]
    [TestCase("just-a-key")]
    public void File_Damaged_IsRefused(string text) => Assert.That(Read(text), Is.InstanceOf<OptionsReading.Refuse>());

    [TestCase("heartbeat-interval: '100'", "expected a number without quotes")]
    [TestCase("heartbeat-interval: -5", "expected a number that is not negative")]
    [TestCase("strict-reconfig-check: 'true'", "expected true or false without quotes")]
    [TestCase("grpc-keepalive-timeout: 3s", "(3s is 3000000000)")]
    [TestCase("log-outputs: stderr", "expected a list: [stderr]")]
    [TestCase("name: 5", "put it in quotes, \"5\"")]
    [TestCase("name: yes", "put it in quotes")]
    [TestCase("name: [a]", "expected a text: a")]
    [TestCase("auto-compaction-retention: 1", "put it in quotes, \"1\"")]
    [TestCase("listen-client-urls: [http://127.0.0.1:1, http://127.0.0.1:2]", "http://127.0.0.1:1,http://127.0.0.1:2")]
    public void File_WithAnotherTypeThanEtcdReads_SaysWhatToWrite(string text, string fault) =>
        Assert.That(((OptionsReading.Refuse)Read(text)).Faults, Has.One.Contains(fault));

    [TestCase("heartbeat-interval: 1e2")]
    [TestCase("heartbeat-interval: 100.0")]
    [TestCase("strict-reconfig-check: yes")]
    [TestCase("strict-reconfig-check: ON")]
    [TestCase("name: null")]
    [TestCase("name:")]
    [TestCase("Name: default")]
    [TestCase("auto-compaction-retention: '0'")]
    [TestCase("log-level: ''")]
    [TestCase("log-level: INFO")]
    [TestCase("initial-cluster-state: ''")]
    [TestCase("log-outputs: []")]
    [TestCase("nosuch: {a: {b: [1, {c: 2}]}}")]
    [TestCase("nosuch: [[1], [2]]")]
    [TestCase("nosuch: {name: other}")]
    [TestCase("client-transport-security: {name: other}")]
    [TestCase("client-transport-security: ~")]
    [TestCase("peer-transport-security: {cert-file: /p, allowed-cn: [a]}")]
    [TestCase("cert-file: /nosuch")]
    [TestCase("peer-cert-file: 5")]
    [TestCase("raft-read-timeout: soon")]
    [TestCase("name: other\nname: default")]
    [TestCase("NAME: other\nname: default")]
    [TestCase("name: default\nNAME: other")]
    public void File_WithWhatEtcdTakes_IsTaken(string text)
    {
        StoreServerOptions options = Serve(text).Options;
        Assert.Multiple(() =>
        {
            Assert.That(options.Name, Is.EqualTo("default"));
            Assert.That(options.HeartbeatMilliseconds, Is.EqualTo(100));
        });
    }

    // The interval is what etcd 3.5.16 says in "starting an etcd server" for the same file.
    [TestCase("0x64", 100)]
    [TestCase("+0x64", 100)]
    [TestCase("0x_64", 100)]
    [TestCase("0144", 100)]
    [TestCase("0_144", 100)]
    [TestCase("0o144", 100)]
    [TestCase("0b1100100", 100)]
    [TestCase("0B11", 3)]
    [TestCase("1_00", 100)]
    [TestCase("100_", 100)]
    [TestCase("08", 8)]
    [TestCase("019", 19)]
    [TestCase("0100.0", 100)]
    [TestCase("1.e2", 100)]
    [TestCase(".1e3", 100)]
    [TestCase("1E+2", 100)]
    [TestCase("!!int '100'", 100)]
    [TestCase("!!float 1", 1)]
    [TestCase("!!null ''", 100)]
    public void Number_InAnyOfYamlsForms_IsEtcds(string text, int expected) =>
        Assert.That(
            Serve($"heartbeat-interval: {text}\nelection-timeout: 50000").Options.HeartbeatMilliseconds,
            Is.EqualTo(expected));

    [TestCase("nUll")]
    [TestCase("1:40")]
    [TestCase("2001-01-01")]
    [TestCase(".nAn")]
    [TestCase("1e400")]
    [TestCase("_100")]
    [TestCase(".")]
    [TestCase("+")]
    [TestCase("0x")]
    public void Word_ThatIsNoNumberToEtcd_IsAText(string text) =>
        Assert.That(Serve($"name: {text}").Options.Name, Is.EqualTo(text));

    // Without a mode etcd 3.5 keeps everything whatever the number: the command line's default is not the file's.
    [Test]
    public void Retention_WithoutAMode_CompactsNothingAndSaysSo()
    {
        OptionsReading.Serve serve = Serve("auto-compaction-retention: '5'");
        string? fault = CompactionPolicy.Parse(
            serve.Options.AutoCompactionMode, serve.Options.AutoCompactionRetention, out CompactionPolicy policy);
        Assert.Multiple(() =>
        {
            Assert.That(fault, Is.Null);
            Assert.That(policy.IsOn, Is.False);
            Assert.That(serve.Warnings, Has.One.Contains("without auto-compaction-mode"));
        });
    }

    [Test]
    public void File_WithAFieldOfAGroupOutsideIt_SaysWhereItBelongs() =>
        Assert.That(
            Serve("cert-file: /nosuch").Warnings, Has.One.Contains("it is read below client-transport-security"));

    [TestCase("client-transport-security: {cert-file: x}", "--cert-file cannot be set")]
    [TestCase("client-transport-security: {auto-tls: true}", "--auto-tls cannot be set")]
    [TestCase("client-transport-security: {client-cert-auth: true}", "--client-cert-auth cannot be set")]
    public void File_WithTlsForClients_IsRefused(string text, string fault) =>
        Assert.That(((OptionsReading.Refuse)Read(text)).Faults, Has.Some.StartsWith(fault));

    [Test]
    public void File_WithAnUnknownKey_IsAWarning() =>
        Assert.That(Serve("nosuch: 1").Warnings, Has.One.Contains("unrecognized key \"nosuch\""));

    [Test]
    public void File_OverAMegabyte_IsRefused() =>
        Assert.That(Read(new string('#', 1 << 21)), Is.InstanceOf<OptionsReading.Refuse>());

    [FsCheck.NUnit.Property]
    public void File_OfAnyText_NeverThrows(string? text) => ConfigurationFile.Parse(text ?? "");

    private static OptionsReading.Serve Serve(string text)
    {
        OptionsReading reading = Read(text);
        if (reading is OptionsReading.Refuse refuse)
        {
            Assert.Fail(string.Join('\n', refuse.Faults));
        }

        return (OptionsReading.Serve)reading;
    }

    private static OptionsReading Read(string text) =>
        OptionsReader.Read(["--config-file", "f"], new Dictionary<string, string>(), _ => text);
}
