using System.Threading.Channels;
using Keelson.Store.Host;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Holds up a stream's requests while its client does not take what it asked for: each watch that is created queues
/// something, and the queue is bounded.
/// </summary>
internal sealed class WatchRoom(WatchSubscription subscription)
{
    // An event that resets itself: one signal is enough, further ones say nothing new.
    private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The sender took an item.</summary>
    public void Taken() => _taken.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!subscription.HasRoom)
        {
            await _taken.Reader.ReadAsync(cancellationToken);
        }
    }
}
