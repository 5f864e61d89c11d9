using System.Diagnostics.Metrics;
using System.Text;
using Keelson.Base.Codec;
using Keelson.Raft.Membership;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Replication;
using Keelson.StoreServer.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Goal: history goes when, and only when, the policy says so; time is passed in by hand.</summary>
internal sealed class AutoCompactorTests
{
    private readonly ManualTime _time = new();
    private string _directory = null!;
    private Meter _meter = null!;
    private StoreEngine _engine = null!;
    private ServedStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("keelson-compactor-").FullName;
        var options = new StoreServerOptions();
        var identity = NodeIdentity.Of(options);
        var ordering = new ReplicaOrdering(new ReplicaOptions
        {
            Self = identity.Member,
            Bootstrap = Configuration.Of(identity.Member),
            Send = static _ => { },
        });
        _engine = StoreEngine.Open(
            new Store.StoreOptions { LogSegmentBytes = 8 << 20 },
            new EngineSurroundings(RealDisk.Open(_directory), new SystemClock(), new SystemRandom())
            {
                Ordering = ordering,
            });
        _meter = new Meter("test");
        var quota = new QuotaGuard(0, identity, NullLogger.Instance);
        _store = new ServedStore(_engine, options, new StoreMetrics(_meter), quota)
        {
            Identity = identity,
            Replica = ordering.Replica,
            Stopping = CancellationToken.None,
        };
    }

    [TearDown]
    public async Task TearDown()
    {
        await _engine.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Revisions_MoreThanKept_AreCompacted()
    {
        AutoCompactor compactor = Compactor("revision", "10");
        await PutAsync(9);
        await compactor.StepAsync();
        Assert.That(_engine.State.CompactRevision, Is.LessThanOrEqualTo(0));
        await PutAsync(20);
        await compactor.StepAsync();
        Assert.That(_engine.State.CompactRevision, Is.EqualTo(30 - 10));
    }

    [Test]
    public async Task Window_KeepsWhatIsYounger()
    {
        AutoCompactor compactor = Compactor("periodic", "10m");
        Assert.That(compactor.Interval, Is.EqualTo(TimeSpan.FromMinutes(1)));
        for (int minute = 0; minute <= 10; minute++)
        {
            await PutAsync(1);
            await compactor.StepAsync();
            _time.Advance(compactor.Interval);
        }

        // Revision 2 was current ten minutes before the last look.
        Assert.That(_engine.State.CompactRevision, Is.EqualTo(2));
    }

    [Test]
    public async Task Store_WithoutNewRevisions_IsNotCompactedAgain()
    {
        AutoCompactor compactor = Compactor("revision", "1");
        await PutAsync(5);
        await compactor.StepAsync();
        long index = _engine.State.AppliedIndex.Value;
        await compactor.StepAsync();
        Assert.That(_engine.State.AppliedIndex.Value, Is.EqualTo(index));
    }

    private AutoCompactor Compactor(string mode, string retention)
    {
        Assert.That(CompactionPolicy.Parse(mode, retention, out CompactionPolicy policy), Is.Null);
        Assert.That(policy.IsOn, Is.True);
        return new AutoCompactor(_store, policy, _time, NullLogger.Instance);
    }

    private async Task PutAsync(int count)
    {
        for (int index = 0; index < count; index++)
        {
            var request = new ProtoBuffer();
            request.Bytes(1, Encoding.UTF8.GetBytes("key"));
            await _engine.ProposeAsync(RequestKind.Put, request.WrittenMemory, null);
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _timestamp;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _timestamp;

        public void Advance(TimeSpan duration) => _timestamp += duration.Ticks;
    }
}
