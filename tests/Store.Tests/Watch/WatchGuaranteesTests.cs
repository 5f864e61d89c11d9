using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>Each checker of <see cref="WatchGuarantees"/> fails on what it is there to find.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WatchGuaranteesTests : IDisposable
{
    private readonly WatchWorld _world = new(1, new WatchOptions());
    private readonly WatchRecord _whole;
    private readonly WatchRecord _first;
    private readonly WatchRecord _second;

    public WatchGuaranteesTests()
    {
        WatchClient client = _world.Open(1);
        _whole = client.Watch("/a/", "/a0");
        _first = client.Watch("/a/1");
        _second = client.Watch("/a/2");
        foreach (string value in (string[])["one", "two", "three"])
        {
            _world.Write([[("/a/1", value), ("/a/2", value)]]);
            _world.Drain();
        }
    }

    public void Dispose() => _world.Dispose();

    [Test]
    public void AllCheckers_WhatTheHubSends_Pass() => WatchGuarantees.CheckAll(_world);

    [Test]
    public void CreatedFirst_EventsBeforeIt_Fails()
    {
        _whole.Items.Reverse(0, 2);
        Fails(() => WatchGuarantees.CreatedFirst(_whole));
    }

    [Test]
    public void Ordered_LaterRevisionFirst_Fails()
    {
        _whole.Items.Reverse(1, 2);
        Fails(() => WatchGuarantees.Ordered(_whole));
    }

    [Test]
    public void Unique_EventsTwice_Fails()
    {
        _whole.Items.Insert(2, _whole.Items[1]);
        Fails(() => WatchGuarantees.Unique(_whole));
    }

    [Test]
    public void Atomic_RevisionInTwoItems_Fails()
    {
        _first.Items.Insert(2, _second.Items[1]);
        Fails(() => WatchGuarantees.Atomic(_first));
    }

    [Test]
    public void Filtered_PutsThatWereNotWanted_Fails()
    {
        WatchRecord record = Copy(_whole.Request with { Filters = WatchFilters.NoPut });
        Fails(() => WatchGuarantees.Filtered(record));
    }

    [Test]
    public void PreviousValueRight_NoneThoughAskedFor_Fails()
    {
        WatchRecord record = Copy(_whole.Request with { PreviousKeyValue = true });
        Fails(() => WatchGuarantees.PreviousValueRight(record, _world));
    }

    [Test]
    public void Bookmarkable_EventsBehindTheirProgress_Fails()
    {
        _whole.Bookmarks.Add((_world.Current, 2));
        Fails(() => WatchGuarantees.Bookmarkable(_whole));
    }

    [Test]
    public void Resumable_FirstEventsMissing_Fails()
    {
        _whole.Items.RemoveAt(1);
        Fails(() => WatchGuarantees.Resumable(_whole, _world));
    }

    [Test]
    public void Reliable_EventsMissing_Fails([Values(1, 2, 3)] int position)
    {
        _whole.Items.RemoveAt(position);
        Fails(() => WatchGuarantees.Reliable(_whole, _world));
    }

    [Test]
    public void Terminal_EventsBehindTheEnd_Fails()
    {
        _whole.IsCanceled = true;
        _whole.Items.Insert(1, new WatchItem.Canceled(_whole.Id, _whole.Items[0].HeaderRevision, ""));
        Fails(() => WatchGuarantees.Terminal(_whole));
    }

    private static void Fails(Action check) => Assert.That(check, Throws.TypeOf<AssertionException>());

    private WatchRecord Copy(WatchRequest request)
    {
        var record = new WatchRecord(request, _whole.Id, _whole.Start);
        record.Items.AddRange(_whole.Items);
        return record;
    }
}
