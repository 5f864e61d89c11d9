using Google.Protobuf;
using Keelson.Base.Codec;
using Keelson.Fuzz.Driver;
using Keelson.Store;
using Keelson.Store.Backup;
using Keelson.Store.History;
using Keelson.Store.Requests;
using Wire = Keelson.Rpc.Etcd;

namespace Keelson.Fuzz.Targets;

/// <summary>
/// Every hand-written reader of etcd's messages and the validator, over the same bytes. The model is Google's decoder:
/// what ours accepts, that accepts too, with the same values.
/// </summary>
internal sealed class WireTarget : FuzzTarget
{
    public override string Name => "wire";

    public override int SmokeInputs => 200_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] message = input.Parts[0];
        return () =>
        {
            WalkFields(message);
            ReadSmall(message);
            return Put(message) | Range(message) | DeleteRange(message) | Txn(message);
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus()
    {
        ByteString key = ByteString.CopyFromUtf8("a/key"), end = ByteString.CopyFromUtf8("a/kez");
        ByteString value = ByteString.CopyFrom(new byte[300]);
        var put = new Wire.PutRequest { Key = key, Value = value, Lease = 77, PrevKv = true };
        var range = new Wire.RangeRequest
        {
            Key = key,
            RangeEnd = end,
            Limit = 500,
            Revision = 9,
            SortOrder = Wire.RangeRequest.Types.SortOrder.Descend,
            SortTarget = Wire.RangeRequest.Types.SortTarget.Mod,
            CountOnly = true,
            MinModRevision = 3,
        };
        var delete = new Wire.DeleteRangeRequest { Key = key, RangeEnd = end, PrevKv = true };
        Wire.TxnRequest txn = Transaction(put, range, delete);
        var outer = new Wire.TxnRequest();
        outer.Success.Add(new Wire.RequestOp { RequestTxn = txn });
        outer.Failure.Add(new Wire.RequestOp { RequestRange = range });
        IMessage[] messages = [put, range, delete, txn, outer];
        return [.. messages.Select(message => new FuzzInput(message.ToByteArray()))];
    }

    private static Wire.TxnRequest Transaction(
        Wire.PutRequest put, Wire.RangeRequest range, Wire.DeleteRangeRequest delete)
    {
        var txn = new Wire.TxnRequest();
        txn.Compare.Add(new Wire.Compare
        {
            Key = put.Key,
            Target = Wire.Compare.Types.CompareTarget.Mod,
            ModRevision = 8,
        });
        txn.Compare.Add(new Wire.Compare
        {
            Key = put.Key,
            Target = Wire.Compare.Types.CompareTarget.Value,
            Value = put.Key,
        });
        txn.Success.Add(new Wire.RequestOp { RequestPut = put });
        txn.Success.Add(new Wire.RequestOp { RequestRange = range });
        txn.Failure.Add(new Wire.RequestOp { RequestDeleteRange = delete });
        return txn;
    }

    private static void WalkFields(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        int before = 0;
        while (reader.Next())
        {
            switch (reader.WireType)
            {
                case WireType.Varint: reader.ReadInt64(); break;
                case WireType.Fixed64: reader.ReadFixed64(); break;
                case WireType.Fixed32: reader.ReadFixed32(); break;
                case WireType.Length: reader.ReadBytes(); break;
                default: reader.Skip(); break;
            }

            FuzzViolationException.Require(reader.Malformed || reader.Position > before, "no progress");
            before = reader.Position;
        }

        FuzzViolationException.Require(reader.Malformed || reader.Position == message.Length, "ended early");
    }

    private static void ReadSmall(ReadOnlySpan<byte> message)
    {
        _ = AlarmRequest.TryParse(message, out _);
        _ = CompactionRequest.TryParse(message, out _);
        _ = LeaseRequest.TryParseGrant(message, out _);
        _ = LeaseRequest.TryParseId(message, out _);
        _ = Wire.LeaseKeepAliveRequestReader.TryRead(message, out _);
        _ = SnapshotLease.TryRead(message, out _);
        _ = SnapshotAlarm.TryRead(message, out _);
        _ = RequestOperation.TryParse(message, out _);
        if (Compare.TryParse(message, out Compare compare))
        {
            _ = compare.Number;
            _ = compare.Interval.Contains("k"u8);
        }

        if (KeyValueView.TryRead(message, out KeyValueView keyValue))
        {
            Wire.KeyValue model = Parse(Wire.KeyValue.Parser, message);
            Same(keyValue.Key, model.Key);
            Same(keyValue.Value, model.Value);
            Same(keyValue.ModRevision.Value, model.ModRevision);
            Same(keyValue.Lease.Value, model.Lease);
        }
    }

    private static bool Put(ReadOnlySpan<byte> message)
    {
        StoreError error = RequestValidator.CheckPut(message);
        if (PutRequest.TryParse(message, out PutRequest put))
        {
            Wire.PutRequest model = Parse(Wire.PutRequest.Parser, message);
            Same(put.Key, model.Key);
            Same(put.Value, model.Value);
            Same(put.Lease, model.Lease);
            FuzzViolationException.Require(put.IgnoreLease == model.IgnoreLease, "another ignore_lease");
        }

        return error == StoreError.None;
    }

    private static bool Range(ReadOnlySpan<byte> message)
    {
        StoreError error = RequestValidator.CheckRange(message);
        if (RangeRequest.TryParse(message, out RangeRequest range))
        {
            Wire.RangeRequest model = Parse(Wire.RangeRequest.Parser, message);
            Same(range.Key, model.Key);
            Same(range.RangeEnd, model.RangeEnd);
            Same(range.Limit, model.Limit);
            Same((long)range.SortOrder, (long)model.SortOrder);
            Same(range.CreateRevisionMax, model.MaxCreateRevision);
            _ = range.Interval.IsEmpty || range.Interval.Contains("k"u8);
        }

        return error == StoreError.None;
    }

    private static bool DeleteRange(ReadOnlySpan<byte> message)
    {
        if (DeleteRangeRequest.TryParse(message, out DeleteRangeRequest delete))
        {
            Wire.DeleteRangeRequest model = Parse(Wire.DeleteRangeRequest.Parser, message);
            Same(delete.Key, model.Key);
            Same(delete.RangeEnd, model.RangeEnd);
        }

        return RequestValidator.CheckDeleteRange(message) == StoreError.None;
    }

    /// <summary>
    /// What passed the validator is walked as apply does, which takes it for well-formed. No model here: an arm of a
    /// union that a later one replaces is not looked into (seed 663802), which Google's decoder does.
    /// </summary>
    private static bool Txn(ReadOnlySpan<byte> message)
    {
        if (RequestValidator.CheckTxn(message, RequestLimits.Default) != StoreError.None)
        {
            return false;
        }

        var txn = new TxnRequest(message);
        _ = RequestValidator.IsReadOnly(txn);
        WalkBranch(txn.Success);
        WalkBranch(txn.Failure);
        return true;
    }

    private static void WalkBranch(RepeatedMessages operations)
    {
        foreach (ReadOnlySpan<byte> message in operations)
        {
            var operation = RequestOperation.Parse(message);
            switch (operation.Kind)
            {
                case OperationKind.Range: RangeRequest.Parse(operation.Request); break;
                case OperationKind.Put: PutRequest.Parse(operation.Request); break;
                case OperationKind.DeleteRange: DeleteRangeRequest.Parse(operation.Request); break;
                default:
                    WalkBranch(new TxnRequest(operation.Request).Success);
                    WalkBranch(new TxnRequest(operation.Request).Failure);
                    break;
            }
        }
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> message)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new FuzzViolationException($"we accept what Google's decoder refuses: {exception.Message}");
        }
    }

    private static void Same(ReadOnlySpan<byte> ours, ByteString model) =>
        FuzzViolationException.Require(ours.SequenceEqual(model.Span), "bytes differ from Google's decoder");

    private static void Same(long ours, long model) =>
        FuzzViolationException.Require(ours == model, "a number differs from Google's decoder");
}
