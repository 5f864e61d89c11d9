using System.Globalization;
using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// Single steps whose expected values are written out; long random sequences are compared with a model.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StateMachineTests : IRequestOutcomes, IDisposable
{
    private readonly EpochGate _epochs = new();
    private readonly PageStore _pages;
    private readonly HistoryStore _history;
    private readonly StateMachine _machine;
    private readonly ProtoBuffer _response = new();
    private StoreState _state = StoreState.Empty;
    private StoreError _error;
    private Revision _revision;

    public StateMachineTests()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        _pages = new PageStore(new PageStoreOptions { SplitBytes = 256, PoisonFreed = true }, _epochs, disk);
        _history = new HistoryStore(new HistoryOptions(), _epochs, disk, HistoryState.Empty);
        _machine = new StateMachine(_pages, _history, _state);
    }

    public void Dispose()
    {
        _history.Dispose();
        _pages.Dispose();
        _epochs.Dispose();
    }

    ProtoBuffer? IRequestOutcomes.ResponseOf(int index) => _response;

    void IRequestOutcomes.Decided(int index, StoreError error, Revision revision) =>
        (_error, _revision) = (error, revision);

    [Test]
    public void Put_FirstKey_IsRevision2Version1()
    {
        Put("a", "1");
        Assert.That(_revision, Is.EqualTo(new Revision(2)));
        Assert.That(Read("a"), Is.EqualTo("a=1 create 2 mod 2 version 1"));
    }

    /// <summary>What a new leader begins its term with.</summary>
    [Test]
    public void Entry_WithoutBytes_ChangesIndexAndTermOnly()
    {
        Put("a", "1");
        StoreState before = _state;
        using (_epochs.Enter())
        {
            _state = _machine.Apply(new LogIndex(2), new Term(9), [], this);
        }

        Assert.That((_state.AppliedIndex, _state.AppliedTerm), Is.EqualTo((new LogIndex(2), new Term(9))));
        Assert.That(
            (_state.Revision, _state.ClusterTimeMilliseconds),
            Is.EqualTo((before.Revision, before.ClusterTimeMilliseconds)));
        Assert.That(_state.ChainHash, Is.Not.EqualTo(before.ChainHash), "index and term are part of it");
    }

    [Test]
    public void Settings_AreReplacedRemovedAndReadByPrefix()
    {
        Apply(RequestKind.Settings, buffer =>
        {
            SettingsVerb.Write(buffer, "member/1"u8, [1]);
            SettingsVerb.Write(buffer, "member/2"u8, []);
            SettingsVerb.Write(buffer, "other"u8, [3]);
        });
        Apply(RequestKind.Settings, buffer => SettingsVerb.Write(buffer, "member/1"u8, [9, 9]));
        Assert.That(_error, Is.EqualTo(StoreError.None));
        Assert.That(_revision, Is.EqualTo(Revision.First), "clients see nothing of it");
        Assert.That(Settings("member/"u8), Is.EqualTo("member/1=0909 member/2="));
        Apply(RequestKind.Settings, buffer => SettingsVerb.Write(buffer, "member/2"u8, null));
        Assert.That(Settings(""u8), Is.EqualTo("member/1=0909 other=03"));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Settings_AlarmRaised_AreTakenAndLeaveItRaised(int alarm)
    {
        Apply(RequestKind.Alarm, buffer =>
        {
            buffer.UInt64(1, (ulong)AlarmAction.Activate);
            buffer.UInt64(2, 5);
            buffer.UInt64(3, (ulong)alarm);
        });
        Apply(RequestKind.Settings, buffer => SettingsVerb.Write(buffer, "a"u8, [1]));
        Assert.That(_error, Is.EqualTo(StoreError.None));
        Assert.That(Settings(""u8), Is.EqualTo("a=01"));
        Assert.That(_state.Alarms, Is.Not.EqualTo(AlarmFlags.None));
    }

    [Test]
    public void Put_Again_KeepsCreateRevision()
    {
        Put("a", "1");
        Put("a", "1");
        Assert.That(Read("a"), Is.EqualTo("a=1 create 2 mod 3 version 2"));
        Assert.That(Read("a", revision: 2), Is.EqualTo("a=1 create 2 mod 2 version 1"));
    }

    [Test]
    public void Put_AfterDelete_StartsAnew()
    {
        Put("a", "1");
        Delete("a");
        Assert.That(Read("a"), Is.Empty);
        Put("a", "2");
        Assert.That(Read("a"), Is.EqualTo("a=2 create 4 mod 4 version 1"));
        Assert.That(Read("a", revision: 3), Is.Empty);
    }

    [Test]
    public void DeleteRange_NothingThere_UsesNoRevision()
    {
        Put("a", "1");
        Delete("b", "c");
        Assert.That(_revision, Is.EqualTo(new Revision(2)));
    }

    [Test]
    public void DeleteRange_ManyKeys_ShareOneRevision()
    {
        for (int index = 0; index < 50; index++)
        {
            Put($"key-{index:d2}", "x");
        }

        Delete("key-10", "key-30");
        Assert.That(_revision, Is.EqualTo(new Revision(52)));
        Assert.That(Count("key-", "key."), Is.EqualTo(30));
        Assert.That(Count("key-", "key.", revision: 51), Is.EqualTo(50));
    }

    [Test]
    public void Txn_PutThenRange_SeesOwnWriteAtNextRevision()
    {
        Put("a", "old");
        Apply(RequestKind.Txn, new Transaction
        {
            When = [Condition.Value("a", Comparison.Equal, "old")],
            Then = [Operation.Get("a"), Operation.Put("a", "new"), Operation.Get("a")],
        }.Write);
        TransactionResult result = ResponseDecoder.Txn(_response.Written, _revision);
        Assert.That(result.Succeeded, Is.True);
        Assert.That(result.Results[0].KeyValues[0].Value.ToString(), Is.EqualTo("old"));
        Assert.That(result.Results[2].KeyValues[0].Value.ToString(), Is.EqualTo("new"));
        Assert.That(_revision, Is.EqualTo(new Revision(3)));
    }

    [Test]
    public void Lease_Due_EndsWithItsKeysUnderOneRevision()
    {
        Apply(RequestKind.LeaseGrant, buffer => RequestEncoder.LeaseGrant(buffer, 7, 10));
        Put("a", "1", lease: 7);
        Put("b", "1", lease: 7);
        Batch(9_999, null, null);
        Assert.That(Count("a", "c"), Is.EqualTo(2));
        Batch(10_000, null, null);
        Assert.That(Count("a", "c"), Is.Zero);
        Assert.That(_state.Revision, Is.EqualTo(new Revision(4)));
        Assert.That(_state.Leases.EntryCount + _state.LeaseKeys.EntryCount + _state.LeaseDeadlines.EntryCount, Is.Zero);
    }

    [Test]
    public void Put_UnknownLease_IsRefusedAndChangesNothing()
    {
        Put("a", "1", lease: 9);
        Assert.That(_error, Is.EqualTo(StoreError.LeaseNotFound));
        Assert.That(_state.Revision, Is.EqualTo(Revision.First));
    }

    [Test]
    public void Trim_AfterCompaction_KeepsWhatIsReadable()
    {
        for (int round = 0; round < 30; round++)
        {
            Put("a", $"{round}");
            Put("b", $"{round}");
        }

        Delete("b");
        Apply(RequestKind.Compact, buffer => RequestEncoder.Compaction(buffer, 60, physical: false));
        Assert.That(_error, Is.EqualTo(StoreError.None));
        Trim();
        Assert.That(Read("a", revision: 60), Is.EqualTo("a=29 create 2 mod 60 version 30"));
        Assert.That(Read("b", revision: 61), Is.EqualTo("b=29 create 3 mod 61 version 30"));
        Assert.That(Read("b"), Is.Empty);
        Assert.That(_state.Keys.EntryCount, Is.EqualTo(4), "a at 60; b at 59, 61 and its tombstone at 62");
    }

    [Test]
    public void Trim_TombstoneAtTheCompactRevision_Stays()
    {
        // etcd 19179: a watch opened exactly at the compact revision must still see the delete.
        Put("a", "1");
        Delete("a");
        Apply(RequestKind.Compact, buffer => RequestEncoder.Compaction(buffer, 3, physical: false));
        Trim();
        Assert.That(_state.Keys.EntryCount, Is.EqualTo(1));
        Put("b", "1");
        Apply(RequestKind.Compact, buffer => RequestEncoder.Compaction(buffer, 4, physical: false));
        Trim();
        Assert.That(_state.Keys.EntryCount, Is.EqualTo(1), "only b: the tombstone is below the compact revision now");
    }

    private void Put(string key, string value, long lease = 0) => Apply(
        RequestKind.Put,
        buffer => RequestEncoder.Put(buffer, key, value, new PutOptions { Lease = new LeaseId(lease) }));

    private void Delete(string key, string end = "") => Apply(
        RequestKind.DeleteRange,
        buffer => RequestEncoder.DeleteRange(buffer, end.Length == 0 ? key : KeyRange.Between(key, end)));

    private void Apply(RequestKind kind, Action<ProtoBuffer> write) => Batch(0, kind, write);

    private void Batch(long time, RequestKind? kind, Action<ProtoBuffer>? write)
    {
        var batch = new BatchWriter();
        if (kind is { } given)
        {
            var request = new ProtoBuffer();
            write!(request);
            batch.Add(given, request.Written);
        }

        batch.Finish(time);
        _response.Clear();
        using EpochPin pin = _epochs.Enter();
        _state = _machine.Apply(new LogIndex(_state.AppliedIndex.Value + 1), new Term(1), batch.Payload, this);
    }

    private string Settings(ReadOnlySpan<byte> prefix)
    {
        using EpochPin pin = _epochs.Enter();
        return string.Join(' ', SettingsVerb.Read(new TreeCursor(_pages), _state.Settings, prefix)
            .Select(setting => $"{Encoding.UTF8.GetString(setting.Name)}={Convert.ToHexString(setting.Value)}"));
    }

    private void Trim()
    {
        using EpochPin pin = _epochs.Enter();
        while (_machine.Trimmer.HasWork(_state.CompactRevision))
        {
            _machine.Trimmer.Step(_state.CompactRevision, entriesMax: 3);
            _state = _machine.PublishTrimmed();
        }
    }

    private string Read(string key, long revision = 0)
    {
        RangeResult result = Range(new RangeQuery
        {
            Keys = key,
            Revision = revision == 0 ? null : new Revision(revision),
        });
        var text = new StringBuilder();
        foreach (KeyValue each in result.KeyValues)
        {
            text.Append(CultureInfo.InvariantCulture, $"{each.Key}={each.Value} create {each.CreateRevision} ");
            text.Append(CultureInfo.InvariantCulture, $"mod {each.ModRevision} version {each.Version}");
        }

        return text.ToString();
    }

    private long Count(string key, string end, long revision = 0) => Range(new RangeQuery
    {
        Keys = KeyRange.Between(key, end),
        Revision = revision == 0 ? null : new Revision(revision),
        CountOnly = true,
    }).Count;

    private RangeResult Range(RangeQuery query)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Range(request, query);
        var response = new ProtoBuffer();
        var reader = new RangeReader(_pages, _history);
        using EpochPin pin = _epochs.Enter();
        StoreError error = reader.Execute(
            ReadView.Of(_state), RangeRequest.Parse(request.Written), response);
        Assert.That(error, Is.EqualTo(StoreError.None));
        return ResponseDecoder.Range(response.Written, _state.Revision);
    }
}
