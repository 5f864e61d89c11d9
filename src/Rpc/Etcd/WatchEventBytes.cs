using Keelson.Base.Codec;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// One mvccpb.Event in the form in which it stands in a WatchResponse: field 11 with tag and length, so that any run
/// of such events is copied into any response as it is.
/// </summary>
public static class WatchEventBytes
{
    private const int EventsField = 11;
    private const int TypeField = 1;
    private const int KeyValueField = 2;
    private const int PreviousField = 3;

    /// <param name="keyValueBytes">Length of the encoded mvccpb.KeyValue.</param>
    /// <param name="previousBytes">Length of the encoded previous pair; 0 when there is none.</param>
    /// <param name="isDelete">Put is 0 on the wire and takes no bytes.</param>
    public static int Size(int keyValueBytes, int previousBytes, bool isDelete) =>
        ProtoSize.Message(EventsField, EventSize(keyValueBytes, previousBytes, isDelete));

    public static void Write(
        ref ProtoWriter writer, bool isDelete, ReadOnlySpan<byte> keyValue, ReadOnlySpan<byte> previous)
    {
        writer.BeginMessage(EventsField, EventSize(keyValue.Length, previous.Length, isDelete));
        writer.Bool(TypeField, isDelete);
        writer.BeginMessage(KeyValueField, keyValue.Length);
        writer.Raw(keyValue);
        writer.Bytes(PreviousField, previous);
    }

    private static int EventSize(int keyValueBytes, int previousBytes, bool isDelete) =>
        ProtoSize.Bool(TypeField, isDelete)
        + ProtoSize.Message(KeyValueField, keyValueBytes)
        + ProtoSize.Bytes(PreviousField, previousBytes);
}
