using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;
using Keelson.Store.Watch;

namespace Keelson.Store;

/// <summary>Changes of one or more whole revisions.</summary>
/// <param name="Changes">In revision order.</param>
/// <param name="Revision">Everything up to here was delivered: resume from the next one.</param>
public sealed record WatchBatch(IReadOnlyList<WatchChange> Changes, Revision Revision)
{
    internal static WatchBatch Decode(WatchItem.Events events)
    {
        List<WatchChange> changes = new(events.Count);
        foreach (ReadOnlySpan<byte> message in
            new RepeatedMessages(events.Encoded.Span, WatchEventCodec.EventsField))
        {
            changes.Add(Change(message));
        }

        return new WatchBatch(changes, events.Covered);
    }

    private static WatchChange Change(ReadOnlySpan<byte> message)
    {
        bool isDelete = false;
        KeyValue? current = null;
        KeyValue? previous = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case WatchEventCodec.TypeField:
                    isDelete = reader.ReadBool();
                    break;
                case WatchEventCodec.KeyValueField:
                    current = KeyValue.Copy(reader.ReadBytes());
                    break;
                case WatchEventCodec.PreviousField:
                    previous = KeyValue.Copy(reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Invariant.Require(!reader.Malformed && current is not null);
        return new WatchChange(current, isDelete, previous);
    }
}
