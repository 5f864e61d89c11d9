using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Requests;
using Keelson.Store.Watch;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>Reads a watch over all keys and puts its events into the model's words.</summary>
internal static class WatchReading
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The first <paramref name="count"/> events from a revision on, with the values before them.</summary>
    public static async Task<IReadOnlyList<Model.WatchEvent>> ReadAsync(StoreEngine engine, long from, int count)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using WatchSubscription subscription = engine.Watches.Open();
        subscription.Create(new WatchRequest
        {
            Key = "\0",
            RangeEnd = "\0",
            StartRevision = new Revision(from),
            PreviousKeyValue = true,
        });
        var events = new List<Model.WatchEvent>();
        while (events.Count < count && await subscription.WaitAsync(deadline.Token))
        {
            while (subscription.TryTake(out WatchItem? item))
            {
                Assert.That(item, Is.TypeOf<WatchItem.Created>().Or.TypeOf<WatchItem.Events>());
                if (item is WatchItem.Events batch)
                {
                    Append(batch.Encoded.Span, events);
                }
            }
        }

        return events;
    }

    private static void Append(ReadOnlySpan<byte> encoded, List<Model.WatchEvent> events)
    {
        foreach (ReadOnlySpan<byte> message in new RepeatedMessages(encoded, WatchEventCodec.EventsField))
        {
            bool deleted = false;
            Model.KeyValue? current = null;
            Model.KeyValue? previous = null;
            var reader = new ProtoReader(message);
            while (reader.Next())
            {
                switch (reader.Field)
                {
                    case 1:
                        deleted = reader.ReadBool();
                        break;
                    case 2:
                        current = Model.ResponseDecoder.DecodeKeyValue(reader.ReadBytes());
                        break;
                    default:
                        previous = Model.ResponseDecoder.DecodeKeyValue(reader.ReadBytes());
                        break;
                }
            }

            events.Add(new Model.WatchEvent(deleted, current!, previous));
        }
    }
}
