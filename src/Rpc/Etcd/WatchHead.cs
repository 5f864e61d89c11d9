using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// Everything of an etcdserverpb.WatchResponse but its events. The events follow as bytes that all watchers share
/// (<see cref="WatchEventBytes"/>).
/// </summary>
public readonly record struct WatchHead(AnswerHeader Header, long WatchId)
{
    private const int WatchIdField = 2;
    private const int CreatedField = 3;
    private const int CanceledField = 4;
    private const int CompactRevisionField = 5;
    private const int CancelReasonField = 6;
    private const int FragmentField = 7;

    public bool Created { get; init; }

    public bool Canceled { get; init; }

    public long CompactRevision { get; init; }

    public string? CancelReason { get; init; }

    public bool Fragment { get; init; }

    /// <summary>Bytes of all these fields: with those of the events, the size of the message.</summary>
    public int Bytes =>
        Header.FieldBytes
        + ProtoSize.Int64(WatchIdField, WatchId)
        + ProtoSize.Bool(CreatedField, Created)
        + ProtoSize.Bool(CanceledField, Canceled)
        + ProtoSize.Int64(CompactRevisionField, CompactRevision)
        + ProtoSize.Bytes(CancelReasonField, Encoding.UTF8.GetByteCount(CancelReason ?? string.Empty))
        + ProtoSize.Bool(FragmentField, Fragment);

    public void Write(IBufferWriter<byte> response)
    {
        int size = Bytes;
        var writer = new ProtoWriter(response.GetSpan(size));
        Header.WriteField(ref writer);
        writer.Int64(WatchIdField, WatchId);
        writer.Bool(CreatedField, Created);
        writer.Bool(CanceledField, Canceled);
        writer.Int64(CompactRevisionField, CompactRevision);
        if (!string.IsNullOrEmpty(CancelReason))
        {
            writer.Bytes(CancelReasonField, Encoding.UTF8.GetBytes(CancelReason));
        }

        writer.Bool(FragmentField, Fragment);
        response.Advance(size);
    }
}
