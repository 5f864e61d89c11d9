using Keelson.Base;
using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.RangeRequest, read in place.</summary>
internal ref struct RangeRequest
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;
    public long Limit;
    public long Revision;
    public SortOrder SortOrder;
    public SortTarget SortTarget;
    public bool Serializable;
    public bool KeysOnly;
    public bool CountOnly;
    public long ModRevisionMin;
    public long ModRevisionMax;
    public long CreateRevisionMin;
    public long CreateRevisionMax;

    /// <summary>
    /// Not on the wire: neither more nor count is asked for, as by a reader of chunks that counted once.
    /// </summary>
    public bool WithoutCount;

    /// <summary>
    /// Not a field of the message: an answer in key order, without count, ends with the key that reaches so many bytes.
    /// </summary>
    public long BytesMax;

    public readonly KeyInterval Interval => new(Key, RangeEnd);

    public readonly bool HasRevisionFilter =>
        (ModRevisionMin | ModRevisionMax | CreateRevisionMin | CreateRevisionMax) != 0;

    /// <summary>
    /// The order in which results leave. A target other than the key without an order ascends, and ascending by key is
    /// how keys come anyway (etcd 3.5, apply: executeRange).
    /// </summary>
    public readonly bool NeedsSorting =>
        SortTarget != SortTarget.Key || SortOrder == SortOrder.Descend;

    /// <summary>Reads a message that was validated before.</summary>
    public static RangeRequest Parse(ReadOnlySpan<byte> message)
    {
        bool parsed = TryParse(message, out RangeRequest request);
        Invariant.Require(parsed);
        return request;
    }

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out RangeRequest request)
    {
        request = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    request.Key = reader.ReadBytes();
                    break;
                case 2:
                    request.RangeEnd = reader.ReadBytes();
                    break;
                case 3:
                    request.Limit = reader.ReadInt64();
                    break;
                case 4:
                    request.Revision = reader.ReadInt64();
                    break;
                case 5:
                    request.SortOrder = (SortOrder)reader.ReadInt32();
                    break;
                case 6:
                    request.SortTarget = (SortTarget)reader.ReadInt32();
                    break;
                case 7:
                    request.Serializable = reader.ReadBool();
                    break;
                case 8:
                    request.KeysOnly = reader.ReadBool();
                    break;
                case 9:
                    request.CountOnly = reader.ReadBool();
                    break;
                case 10:
                    request.ModRevisionMin = reader.ReadInt64();
                    break;
                case 11:
                    request.ModRevisionMax = reader.ReadInt64();
                    break;
                case 12:
                    request.CreateRevisionMin = reader.ReadInt64();
                    break;
                case 13:
                    request.CreateRevisionMax = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }
}
