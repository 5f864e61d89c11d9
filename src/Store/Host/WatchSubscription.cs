using System.Diagnostics.CodeAnalysis;
using Keelson.Store.Watch;

namespace Keelson.Store.Host;

/// <summary>
/// One stream of watches as its consumer sees it: commands from any thread, items for one consumer. Waits are answered
/// on the thread pool.
/// </summary>
internal sealed class WatchSubscription(WatchService service, WatchStreamId id) : IDisposable
{
    private readonly AsyncSignal _ready = new();

    /// <summary>False while the consumer is so far behind that no further watch should be begun.</summary>
    public bool HasRoom => !_ready.HasEnded && service.Call(hub => hub.HasRoom(id));

    /// <summary>Begins a watch; -1 when it was refused, which an item tells too.</summary>
    public long Create(WatchRequest request)
    {
        long watch = service.Call(hub => hub.Create(id, request));
        service.Wake();
        return watch;
    }

    public bool Cancel(long watchId) => service.Call(hub => hub.Cancel(id, watchId));

    public void RequestProgress() => service.Call(hub =>
    {
        hub.RequestProgress(id);
        return true;
    });

    /// <summary>The next item, when there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out WatchItem? item)
    {
        item = null;
        return !_ready.HasEnded && service.TryTake(id, out item);
    }

    /// <summary>Completes when there may be items: true; false when the stream has ended.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _ready.WaitAsync(cancellation);

    public void Dispose()
    {
        _ready.End();
        service.Remove(id);
    }

    internal void Signal() => _ready.Set();
}
