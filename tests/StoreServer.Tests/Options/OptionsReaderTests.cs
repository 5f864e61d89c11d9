using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Tests.Options;

/// <summary>
/// Goal: command lines, environments and files that work with etcd mean the same here, and faults read the same.
/// Expected texts come from etcd 3.5.16 run with the same arguments.
/// </summary>
internal sealed class OptionsReaderTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [TestCase("--name a", "a")]
    [TestCase("-name a", "a")]
    [TestCase("--name=a", "a")]
    [TestCase("-name=a=b", "a=b")]
    [TestCase("--name a --name b", "b")]
    public void Flag_InEveryForm_IsRead(string line, string name) =>
        Assert.That(Serve(line).Options.Name, Is.EqualTo(name));

    [TestCase("--data-dir d", "d")]
    [TestCase("--name n", "n.etcd")]
    [TestCase("", "default.etcd")]
    public void DataDirectory_Unset_FollowsTheName(string line, string directory) =>
        Assert.That(Serve(line).Options.EffectiveDataDirectory, Is.EqualTo(directory));

    [TestCase("--nosuch", "flag provided but not defined: -nosuch", true)]
    [TestCase("--nosuch=1", "flag provided but not defined: -nosuch", true)]
    [TestCase("--heartbeat-interval abc", "invalid value \"abc\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval -1", "invalid value \"-1\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval +100", "invalid value \"+100\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval 08", "invalid value \"08\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval 100_", "invalid value \"100_\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval 1__0", "invalid value \"1__0\" for flag -heartbeat-interval: parse error", true)]
    [TestCase("--heartbeat-interval 0x", "invalid value \"0x\" for flag -heartbeat-interval: parse error", true)]
    [TestCase(
        "--quota-backend-bytes 9223372036854775808",
        "invalid value \"9223372036854775808\" for flag -quota-backend-bytes: value out of range",
        true)]
    [TestCase("--data-dir", "flag needs an argument: -data-dir", true)]
    [TestCase("--pre-vote=maybe", "invalid boolean value \"maybe\" for -pre-vote: parse error", true)]
    [TestCase("---x", "bad flag syntax: ---x", true)]
    [TestCase("--=x", "bad flag syntax: --=x", true)]
    [TestCase("foo", "'foo' is not a valid flag", false)]
    [TestCase("--pre-vote false", "'false' is not a valid flag", false)]
    [TestCase("-- foo", "'foo' is not a valid flag", false)]
    [TestCase("--corrupt-check-time 20", "invalid value \"20\" for flag -corrupt-check-time: parse error", true)]
    public void CommandLine_WithFault_IsRefusedInGosWords(string line, string fault, bool showsUsage)
    {
        OptionsReading.Refuse refuse = Refuse(line);
        Assert.Multiple(() =>
        {
            Assert.That(refuse.Faults, Is.EqualTo(new[] { fault }));
            Assert.That(refuse.ShowUsage, Is.EqualTo(showsUsage));
        });
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--name a -help --nosuch")]
    public void Help_Anywhere_ShowsHelp(string line) =>
        Assert.That(Read(line, NoEnvironment), Is.InstanceOf<OptionsReading.ShowHelp>());

    [TestCase("--version")]
    [TestCase("--version=true")]
    public void Version_ShowsVersion(string line) =>
        Assert.That(Read(line, NoEnvironment), Is.InstanceOf<OptionsReading.ShowVersion>());

    [TestCase("http://1.2.3.4:2379/", "http://1.2.3.4:2379")]
    [TestCase("http://[::1]:2379", "http://[::1]:2379")]
    [TestCase("unix:///run/k.sock", "unix:///run/k.sock")]
    [TestCase("http://localhost:0", "http://localhost:0")]
    public void ListenUrl_Valid_IsKept(string url, string expected) =>
        Assert.That(
            Serve($"--listen-client-urls {url} --advertise-client-urls {url}").Options.ListenClientUrls[0].ToString(),
            Is.EqualTo(expected));

    [TestCase("1.2.3.4:2379", "URL scheme must be http, https, unix, or unixs: 1.2.3.4:2379")]
    [TestCase("ftp://a:1", "URL scheme must be http, https, unix, or unixs: ftp://a:1")]
    [TestCase("http://a", "URL address does not have the form \"host:port\": http://a")]
    [TestCase("http://:1", "URL address does not have the form \"host:port\": http://:1")]
    [TestCase("http://a:99999", "URL address does not have the form \"host:port\": http://a:99999")]
    [TestCase("http://::1:5", "URL address does not have the form \"host:port\": http://::1:5")]
    [TestCase("http://1.2.3.4:1/x", "URL must not contain a path: http://1.2.3.4:1/x")]
    public void ListenUrl_Invalid_IsRefused(string url, string fault) =>
        Assert.That(Refuse($"--listen-client-urls {url}").Faults[0], Does.EndWith(fault));

    [TestCase("--listen-client-urls http://0.0.0.0:2379", "--advertise-client-urls is required when --listen-client")]
    [TestCase("--listen-metrics-urls http://example.com:1", "expected IP in URL for binding (http://example.com:1)")]
    [TestCase("--listen-metrics-urls https://127.0.0.1:1", "TLS is not served yet")]
    [TestCase("--cert-file a", "--cert-file cannot be set: TLS is not served yet")]
    [TestCase("--client-cert-auth", "--client-cert-auth cannot be set")]
    [TestCase("--auto-tls", "--auto-tls cannot be set")]
    [TestCase("--enable-v2", "--enable-v2 cannot be set")]
    [TestCase("--discovery-srv x", "--discovery-srv cannot be set")]
    [TestCase("--heartbeat-interval 0", "--heartbeat-interval must be >0 (set to 0ms)")]
    [TestCase("--heartbeat-interval 250", "--election-timeout[1000ms] should be at least as 5 times as")]
    [TestCase("--election-timeout 60000", "--election-timeout[60000ms] is too long, and should be set less")]
    [TestCase("--log-level loud", "unrecognized level: \"loud\"")]
    [TestCase("--metrics all", "--metrics must be basic or extensive")]
    [TestCase("--log-outputs /var/log/x", "--log-outputs must be one of")]
    [TestCase("--max-request-bytes 0", "--max-request-bytes must be from 1")]
    [TestCase("--max-txn-ops 0", "--max-txn-ops must be from 1")]
    [TestCase("--initial-cluster-state old", "unexpected clusterState \"old\"")]
    [TestCase("--initial-cluster a=http://localhost:2380,b=http://1.1.1.1:2380", "couldn't find local name")]
    [TestCase("--initial-cluster b=http://localhost:2380", "couldn't find local name \"default\"")]
    [TestCase("--initial-cluster default=http://1.1.1.1:2380", "must include the URLs of --initial-advertise")]
    [TestCase("--initial-cluster nonsense", "incorrect format")]
    [TestCase("--initial-cluster a=x", "URL scheme must be")]
    [TestCase("--name=", "--name must not be empty")]
    [TestCase("--watch-progress-notify-interval 10ms", "must be at least 100ms")]
    [TestCase("--auto-compaction-mode sometimes", "--auto-compaction-mode")]
    [TestCase("--auto-compaction-retention often", "--auto-compaction-retention")]
    [TestCase("--config-file missing.yml", "cannot read the configuration file")]
    public void Options_ThatCannotBe_AreRefused(string line, string fault) =>
        Assert.That(Refuse(line).Faults, Has.Some.Contains(fault));

    [Test]
    public void Faults_Several_AreReportedAtOnce() =>
        Assert.That(
            Refuse("--cert-file a --heartbeat-interval 0 --log-level loud --max-txn-ops 0").Faults,
            Has.Count.EqualTo(4));

    [TestCase("--snapshot-count 500", "--snapshot-count has no effect")]
    [TestCase("--peer-cert-file x", "--peer-cert-file has no effect")]
    [TestCase("--auth-token jwt", "--auth-token has no effect")]
    [TestCase("--feature-gates InitialCorruptCheck=true", "--feature-gates has no effect")]
    [TestCase("--experimental-initial-corrupt-check=true", "--initial-corrupt-check has no effect")]
    [TestCase("--unsafe-no-fsync", "--unsafe-no-fsync has no effect")]
    public void Flag_WithoutEffectHere_IsAWarning(string line, string warning) =>
        Assert.That(Serve(line).Warnings, Has.One.StartsWith(warning));

    [TestCase("--snapshot-count 10000")]
    [TestCase("--pre-vote")]
    [TestCase("--pre-vote=t")]
    [TestCase("--auth-token simple")]
    [TestCase("--enable-v2=false")]
    [TestCase("--cert-file=")]
    [TestCase("--grpc-keepalive-min-time 5000ms")]
    public void Flag_WithItsDefault_IsNoNews(string line) => Assert.That(Serve(line).Warnings, Is.Empty);

    [Test]
    public void ExperimentalName_OfAFlagThatLostThePrefix_IsTheSameFlag() =>
        Assert.That(
            Serve("--experimental-watch-progress-notify-interval 5s").Options.WatchProgressNotifyInterval,
            Is.EqualTo(TimeSpan.FromSeconds(5)));

    [Test]
    public void EveryFlag_WithItsDefault_IsAcceptedAndChangesNothing()
    {
        foreach (Flag flag in FlagTable.All.Where(flag => flag.Default is not ("" or "${name}.etcd")))
        {
            OptionsReading.Serve serve = Serve(
                $"--{flag.Name}={flag.Default} --advertise-client-urls http://localhost:2379");
            Assert.That(serve.Options, Is.EqualTo(Defaults(serve.Options)).Using(ByText), flag.Name);
        }
    }

    // What etcd 3.5.16 says it starts with ("starting an etcd server") for the same text.
    [TestCase("0x64", 100)]
    [TestCase("0X_64", 100)]
    [TestCase("0144", 100)]
    [TestCase("0_144", 100)]
    [TestCase("0o144", 100)]
    [TestCase("0b1100100", 100)]
    [TestCase("1_00", 100)]
    [TestCase("010", 8)]
    public void Number_OfAFlagOrVariable_IsReadInGosForms(string text, long expected)
    {
        var environment = new Dictionary<string, string> { ["ETCD_HEARTBEAT_INTERVAL"] = text };
        Assert.Multiple(() =>
        {
            Assert.That(Serve($"--heartbeat-interval {text}").Options.HeartbeatMilliseconds, Is.EqualTo(expected));
            Assert.That(AsServe(Read("", environment)).Options.HeartbeatMilliseconds, Is.EqualTo(expected));
            Assert.That(Serve($"--quota-backend-bytes=-{text}").Options.QuotaBackendBytes, Is.EqualTo(-expected));
        });
    }

    [Test]
    public void EveryFlag_IsReadFromTheEnvironment()
    {
        foreach (Flag flag in FlagTable.All.Where(flag => flag.Kind is FlagKind.Unsigned or FlagKind.Signed))
        {
            OptionsReading.Refuse refuse = AsRefuse(Read("", new() { [flag.EnvironmentName] = "x" }));
            Assert.That(refuse.Faults, Has.One.EqualTo($"invalid value \"x\" for {flag.EnvironmentName}: parse error"));
        }
    }

    [Test]
    public void Environment_BehindAFlag_IsShadowed()
    {
        OptionsReading.Serve serve = AsServe(Read("--name flag", new() { ["ETCD_NAME"] = "environment" }));
        Assert.Multiple(() =>
        {
            Assert.That(serve.Options.Name, Is.EqualTo("flag"));
            Assert.That(serve.Warnings, Has.One.Contains("ETCD_NAME is ignored"));
        });
    }

    [Test]
    public void Environment_Unknown_IsAWarning() =>
        Assert.That(
            AsServe(Read("", new() { ["ETCD_NOSUCH"] = "1", ["PATH"] = "/" })).Warnings,
            Is.EqualTo(new[] { "unrecognized environment variable ETCD_NOSUCH" }));

    [TestCase("ETCD_EXPERIMENTAL_WATCH_PROGRESS_NOTIFY_INTERVAL")]
    [TestCase("ETCD_WATCH_PROGRESS_NOTIFY_INTERVAL")]
    public void Environment_BothNamesOfAFlag_Work(string name) =>
        Assert.That(
            AsServe(Read("", new() { [name] = "7s" })).Options.WatchProgressNotifyInterval,
            Is.EqualTo(TimeSpan.FromSeconds(7)));

    [Test]
    public void Options_OfKubeadm_AreAcceptedWithoutTls()
    {
        OptionsReading.Serve serve = Serve(
            "--name=n1 --data-dir=/var/lib/etcd --listen-client-urls=http://127.0.0.1:2379,http://10.0.0.1:2379 "
            + "--advertise-client-urls=http://10.0.0.1:2379 --listen-peer-urls=http://10.0.0.1:2380 "
            + "--initial-advertise-peer-urls=http://10.0.0.1:2380 --initial-cluster=n1=http://10.0.0.1:2380 "
            + "--snapshot-count=10000 --listen-metrics-urls=http://127.0.0.1:2381 "
            + "--watch-progress-notify-interval=5s --feature-gates=InitialCorruptCheck=true");
        Assert.Multiple(() =>
        {
            Assert.That(serve.Options.ListenClientUrls, Has.Count.EqualTo(2));
            Assert.That(serve.Options.ListenMetricsUrls[0].Port, Is.EqualTo(2381));
            Assert.That(serve.Warnings, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void HelpText_NamesEveryFlag()
    {
        string help = HelpText.Full();
        foreach (Flag flag in FlagTable.All)
        {
            Assert.That(help, Does.Contain($"  --{flag.Name} '"));
        }
    }

    [TestCase("0", 2147483648L)]
    [TestCase("-1", 0L)]
    [TestCase("5000", 5000L)]
    public void Quota_ZeroAndNegative_HaveEtcdsMeaning(string text, long bytes) =>
        Assert.That(Serve($"--quota-backend-bytes={text}").Options.EffectiveQuotaBytes, Is.EqualTo(bytes));

    // etcd 3.5, server.go: minTTL is 3 × election ticks / 2 × heartbeat, rounded up to seconds.
    [TestCase("1000", 2L)]
    [TestCase("2000", 3L)]
    [TestCase("500", 1L)]
    [TestCase("1340", 2L)]
    [TestCase("1400", 3L)]
    public void LeaseSecondsMin_FollowsTheElectionTimeout(string election, long seconds) =>
        Assert.That(Serve($"--election-timeout={election}").Options.LeaseSecondsMin, Is.EqualTo(seconds));

    // etcd 3.5, config.go: ReqTimeout is 5 s and twice the election ticks × heartbeat. Seen of etcd 3.5.16 whose disk
    // stands still: 7.0 s, 9.0 s and, with 1050, again 7.0 s.
    [TestCase("1000", "100", 7_000L)]
    [TestCase("2000", "100", 9_000L)]
    [TestCase("1050", "100", 7_000L)]
    [TestCase("1999", "300", 8_600L)]
    public void RequestTimeout_FollowsTheElectionTimeoutInHeartbeats(
        string election, string heartbeat, long milliseconds) => Assert.That(
            Serve($"--election-timeout={election} --heartbeat-interval={heartbeat}")
                .Options.RequestTimeoutMilliseconds,
            Is.EqualTo(milliseconds));

    private static readonly Comparison<StoreServerOptions> ByText =
        static (left, right) => string.CompareOrdinal(Text(left), Text(right));

    private static StoreServerOptions Defaults(StoreServerOptions like) =>
        new() { LogOutputs = like.LogOutputs, Cors = like.Cors, HostWhitelist = like.HostWhitelist };

    private static string Text(StoreServerOptions options) =>
        string.Join(
            '\n',
            typeof(StoreServerOptions).GetProperties().Select(property =>
                property.GetValue(options) is IEnumerable<object> list
                    ? string.Join(',', list)
                    : property.GetValue(options)?.ToString()));

    private static OptionsReading.Serve Serve(string line) => AsServe(Read(line, NoEnvironment));

    private static OptionsReading.Refuse Refuse(string line) => AsRefuse(Read(line, NoEnvironment));

    private static OptionsReading.Serve AsServe(OptionsReading reading)
    {
        if (reading is OptionsReading.Refuse refuse)
        {
            Assert.Fail(string.Join('\n', refuse.Faults));
        }

        return (OptionsReading.Serve)reading;
    }

    private static OptionsReading.Refuse AsRefuse(OptionsReading reading)
    {
        Assert.That(reading, Is.InstanceOf<OptionsReading.Refuse>());
        return (OptionsReading.Refuse)reading;
    }

    private static OptionsReading Read(string line, Dictionary<string, string> environment) =>
        OptionsReader.Read(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            environment,
            static path => throw new FileNotFoundException($"no file {path}"));
}
