using Keelson.Base.Identity;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// The engine tells of each durable log write, each request, each compaction and each checkpoint once.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoreObserverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;
    private readonly RecordingObserver _observer = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Observer_OfOneStore_IsToldOfEverythingOnce()
    {
        await using (KeyValueStore store = Open())
        {
            for (int count = 0; count < 3; count++)
            {
                await store.PutAsync("key", "value");
            }

            Assert.That(
                async () => await store.PutAsync("key", "value", new PutOptions { Lease = new LeaseId(9) }),
                Throws.TypeOf<StoreException>());
            await store.CompactAsync(store.Revision);
            Assert.That(() => _observer.Trims, Is.EqualTo(1).After(60_000, 5));
        }

        (RequestKind, StoreError) put = (RequestKind.Put, StoreError.None);
        Assert.Multiple(() =>
        {
            Assert.That(_observer.Requests, Is.EqualTo(new[]
            {
                put, put, put, (RequestKind.Put, StoreError.LeaseNotFound), (RequestKind.Compact, StoreError.None),
            }));
            // Each was awaited, so each had a write of its own; pauses may have added watermarks.
            Assert.That(_observer.LogWrites, Is.GreaterThanOrEqualTo(5));
            Assert.That(_observer.LogBytes, Is.GreaterThanOrEqualTo(512 * _observer.LogWrites));
            Assert.That(_observer.Checkpoints, Is.EqualTo(1), "the one at the stop");
            Assert.That(_observer.Durations, Has.None.LessThan(TimeSpan.Zero));
            Assert.That(_observer.Durations, Has.None.GreaterThan(TimeSpan.FromHours(1)), "since when?");
        });
    }

    private KeyValueStore Open() => KeyValueStore.Open(_directory, new StoreOptions
    {
        LogSegmentBytes = 4 << 20,
        Observer = _observer,
        Failed = static _ => { },
    });
}
