using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>Each check fails on what it is there to find, and only on that.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WatchChecksTests
{
    private readonly EtcdModel _truth = new();
    private IReadOnlyList<WatchEvent> _all = [];
    private WatchLog _log = null!;

    [SetUp]
    public void SetUp()
    {
        foreach (string value in (string[])["one", "two", "three"])
        {
            _truth.Apply(new Operation.Txn([], [new Operation.Put("a", value), new Operation.Put("b", value)], []));
        }

        _truth.Apply(new Operation.DeleteRange("a", ""));
        _all = WatchChecks.AllEvents(_truth);
        _log = Watch(new WatchLog("a", "z", 2) { PreviousKeyValue = true });
    }

    [Test]
    public void Check_WhatIsOwed_Passes() => Passes();

    [Test]
    public void Check_CutWatch_OwesNothingMore()
    {
        _log.Items.RemoveRange(3, 2);
        _log.IsCut = true;
        Passes();
    }

    [Test]
    public void CreatedFirst_EventsBeforeIt_Fails()
    {
        _log.Items.Reverse(0, 2);
        Fails(WatchChecks.CreatedFirst(_log));
    }

    [Test]
    public void Ordered_LaterRevisionFirst_Fails()
    {
        _log.Items.Reverse(1, 2);
        Fails(WatchChecks.Ordered(_log));
    }

    [Test]
    public void Unique_EventsTwice_Fails()
    {
        _log.Items.Insert(2, _log.Items[1]);
        Fails(WatchChecks.Unique(_log, _all));
    }

    [Test]
    public void Atomic_RevisionInTwoItems_Fails()
    {
        var whole = (WatchItem.Events)_log.Items[1];
        _log.Items[1] = whole with { Changes = [whole.Changes[0]] };
        _log.Items.Insert(2, whole with { Changes = [whole.Changes[1]] });
        Fails(WatchChecks.Atomic(_log));
    }

    [Test]
    public void Filtered_PutsThatWereNotWanted_Fails()
    {
        WatchLog log = _log with { NoPut = true };
        Fails(WatchChecks.Filtered(log));
    }

    [Test]
    public void Bookmarkable_EventsBehindTheirProgress_Fails()
    {
        _log.Items.Insert(1, new WatchItem.Progress(2));
        Fails(WatchChecks.Bookmarkable(_log));
    }

    [Test]
    public void Bookmarkable_HeaderFalls_Fails()
    {
        _log.Items.Add(new WatchItem.Progress(5));
        _log.Items.Add(new WatchItem.Progress(4));
        Fails(WatchChecks.Bookmarkable(_log));
    }

    [Test]
    public void Resumable_FirstEventsMissing_Fails()
    {
        _log.Items.RemoveAt(1);
        Fails(WatchChecks.Resumable(_log, _all));
    }

    [Test]
    public void Reliable_EventsMissing_Fails([Values(1, 2, 3, 4)] int position)
    {
        _log.Items.RemoveAt(position);
        Fails(WatchChecks.Reliable(_log, _all));
    }

    [Test]
    public void Reliable_ProgressAheadOfEvents_Fails()
    {
        _log.Items.RemoveAt(4);
        _log.Items.Add(new WatchItem.Progress(5));
        _log.IsCut = true;
        Fails(WatchChecks.Reliable(_log, _all));
    }

    [Test]
    public void Reliable_CompactedWithoutNeed_Fails()
    {
        _log.Items.RemoveAt(4);
        _log.Items.Add(new WatchItem.Compacted(5, 5));
        Fails(WatchChecks.Reliable(_log, _all));
    }

    [Test]
    public void PreviousValue_Missing_Fails()
    {
        var last = (WatchItem.Events)_log.Items[4];
        _log.Items[4] = last with { Changes = [last.Changes[0] with { Previous = null }] };
        Fails(WatchChecks.PreviousValue(_log, _truth, _all));
        _truth.Apply(new Operation.Compact(5));
        Assert.That(WatchChecks.PreviousValue(_log, _truth, _all), Is.Null, "compacted values may be absent");
    }

    [Test]
    public void PreviousValue_Wrong_Fails()
    {
        var last = (WatchItem.Events)_log.Items[4];
        _log.Items[4] = last with { Changes = [last.Changes[0] with { Previous = _truth.Get("b") }] };
        Fails(WatchChecks.PreviousValue(_log, _truth, _all));
    }

    [Test]
    public void Terminal_EventsBehindTheEnd_Fails()
    {
        _log.Items.Insert(1, new WatchItem.Canceled(1));
        Fails(WatchChecks.Terminal(_log));
    }

    private WatchLog Watch(WatchLog log)
    {
        log.Items.Add(new WatchItem.Created(1));
        foreach (IGrouping<long, WatchEvent> revision in _all.GroupBy(change => change.KeyValue.ModRevision))
        {
            log.Items.Add(new WatchItem.Events(revision.Key, [.. revision], IsFragment: false));
        }

        return log;
    }

    private void Passes() => Assert.That(WatchChecks.Check(_log, _truth, _all), Is.Null);

    private void Fails(string? complaint)
    {
        Assert.That(complaint, Is.Not.Null);
        Assert.That(WatchChecks.Check(_log, _truth, _all) is not null || complaint is not null);
    }
}
