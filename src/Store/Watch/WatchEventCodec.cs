using Keelson.Base.Codec;

namespace Keelson.Store.Watch;

/// <summary>
/// One mvccpb.Event as it stands in an etcdserverpb.WatchResponse: field 11 with tag and length, so that any run of
/// events is copied into any response as it is.
/// </summary>
internal static class WatchEventCodec
{
    public const int EventsField = 11;
    public const int TypeField = 1;
    public const int KeyValueField = 2;
    public const int PreviousField = 3;

    public static int Size(bool isDelete, int keyValueBytes, int previousBytes) =>
        ProtoSize.Message(EventsField, MessageSize(isDelete, keyValueBytes, previousBytes));

    /// <summary>Writes exactly <see cref="Size"/> bytes; PUT is 0 and takes none.</summary>
    public static void Write(
        Span<byte> destination, bool isDelete, ReadOnlySpan<byte> keyValue, ReadOnlySpan<byte> previous)
    {
        var writer = new ProtoWriter(destination);
        writer.BeginMessage(EventsField, MessageSize(isDelete, keyValue.Length, previous.Length));
        writer.Bool(TypeField, isDelete);
        writer.Bytes(KeyValueField, keyValue);
        writer.Bytes(PreviousField, previous);
    }

    private static int MessageSize(bool isDelete, int keyValueBytes, int previousBytes) =>
        ProtoSize.Bool(TypeField, isDelete)
        + ProtoSize.Bytes(KeyValueField, keyValueBytes)
        + ProtoSize.Bytes(PreviousField, previousBytes);
}
