using System.Runtime.CompilerServices;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Watch;

namespace Keelson.Store;

/// <summary>Watches: every change of some keys, from any readable revision on.</summary>
public sealed partial class KeyValueStore
{
    /// <summary>
    /// Follows the changes of <paramref name="keys"/> until cancelled: in order, none twice, none left out, all changes
    /// of one revision together. A consumer that is slow costs the store a cursor, not memory: it reads on from the
    /// history.
    /// </summary>
    /// <param name="keys">Which keys.</param>
    /// <param name="from">
    /// The first revision wanted; null for what comes after the enumeration began, which is not yet when this returns.
    /// To miss nothing after a read ask for the read's revision plus one.
    /// </param>
    /// <param name="options">What else the changes carry.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <exception cref="StoreException">
    /// Compacted: <paramref name="from"/>, or where a slow consumer had come to, is older than the compact revision.
    /// Stopped: the store was closed.
    /// </exception>
    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        KeyRange keys,
        Revision? from = null,
        WatchChangesOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using WatchSubscription subscription = _engine.Watches.Open();
        subscription.Create(new WatchRequest
        {
            Key = keys.Start,
            RangeEnd = keys.End,
            StartRevision = from ?? default,
            PreviousKeyValue = options?.ReturnPrevious ?? false,
        });
        while (await subscription.WaitAsync(cancellation))
        {
            while (subscription.TryTake(out WatchItem? item))
            {
                if (item is WatchItem.Compacted)
                {
                    throw new StoreException(StoreError.Compacted);
                }

                if (item is WatchItem.Events events)
                {
                    yield return WatchBatch.Decode(events);
                }
            }
        }

        throw new StoreException(StoreError.Stopped);
    }
}
