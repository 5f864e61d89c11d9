using System.Diagnostics;
using Google.Protobuf;
using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// Between the records of <see cref="IKeyValueStore"/> and the wire's message objects; bytes are shared.
/// </summary>
internal static class MessageMapping
{
    public static RangeRequest ToMessage(RangeQuery query) => new()
    {
        Key = Wrap(query.Keys.Key),
        RangeEnd = Wrap(query.Keys.RangeEnd),
        Limit = query.Limit,
        Revision = query.Revision.Value,
        Serializable = query.Serializable,
        KeysOnly = query.KeysOnly,
        CountOnly = query.CountOnly,
        SortOrder = query.SortOrder,
        SortTarget = query.SortTarget,
    };

    public static PutRequest ToMessage(PutCommand command) => new()
    {
        Key = Wrap(command.Key),
        Value = Wrap(command.Value),
        Lease = command.Lease.Value,
        PrevKv = command.ReturnPrevious,
    };

    public static DeleteRangeRequest ToMessage(DeleteRangeCommand command) => new()
    {
        Key = Wrap(command.Keys.Key),
        RangeEnd = Wrap(command.Keys.RangeEnd),
        PrevKv = command.ReturnPrevious,
    };

    public static TxnRequest ToMessage(TxnCommand command)
    {
        var message = new TxnRequest();
        message.Compare.AddRange(command.Compares.Select(ToMessage));
        message.Success.AddRange(command.Success.Select(ToMessage));
        message.Failure.AddRange(command.Failure.Select(ToMessage));
        return message;
    }

    public static WatchRequest ToMessage(WatchQuery query) => new()
    {
        CreateRequest = new WatchCreateRequest
        {
            Key = Wrap(query.Keys.Key),
            RangeEnd = Wrap(query.Keys.RangeEnd),
            StartRevision = query.Start.Value,
            PrevKv = query.ReturnPrevious,
            ProgressNotify = query.ProgressNotify,
        },
    };

    public static AnswerHeader FromMessage(ResponseHeader? header) => header is null
        ? default
        : new AnswerHeader(
            new ClusterId(header.ClusterId),
            new MemberId(header.MemberId),
            new Revision(header.Revision),
            new Term(unchecked((long)header.RaftTerm)));

    public static RangeResult FromMessage(RangeResponse response) => new(
        FromMessage(response.Header),
        [.. response.Kvs.Select(Stored)],
        response.More,
        response.Count);

    public static PutResult FromMessage(PutResponse response) =>
        new(FromMessage(response.Header), FromMessage(response.PrevKv));

    public static DeleteRangeResult FromMessage(DeleteRangeResponse response) =>
        new(FromMessage(response.Header), response.Deleted, [.. response.PrevKvs.Select(Stored)]);

    public static TxnResult FromMessage(TxnResponse response) => new(
        FromMessage(response.Header),
        response.Succeeded,
        [.. response.Responses.Select(FromMessage)]);

    public static WatchEvent FromMessage(Event change) => new(
        change.Type == Event.Types.EventType.Delete,
        Stored(change.Kv ?? new KeyValue()),
        FromMessage(change.PrevKv));

    private static StoredValue? FromMessage(KeyValue? keyValue) => keyValue is null ? null : Stored(keyValue);

    private static StoredValue Stored(KeyValue keyValue) => new()
    {
        Key = keyValue.Key.Memory,
        Value = keyValue.Value.Memory,
        CreateRevision = new Revision(keyValue.CreateRevision),
        ModRevision = new Revision(keyValue.ModRevision),
        Version = keyValue.Version,
        Lease = new LeaseId(keyValue.Lease),
    };

    private static TxnOutcome FromMessage(ResponseOp response) => response.ResponseCase switch
    {
        ResponseOp.ResponseOneofCase.ResponseRange => new TxnOutcome.Range(FromMessage(response.ResponseRange)),
        ResponseOp.ResponseOneofCase.ResponsePut => new TxnOutcome.Put(FromMessage(response.ResponsePut)),
        ResponseOp.ResponseOneofCase.ResponseDeleteRange =>
            new TxnOutcome.DeleteRange(FromMessage(response.ResponseDeleteRange)),
        // A server that answers a step with nothing speaks a newer protocol; an empty nested answer stands for it.
        _ => new TxnOutcome.Txn(FromMessage(response.ResponseTxn ?? new TxnResponse())),
    };

    private static RequestOp ToMessage(TxnOperation operation) => operation switch
    {
        TxnOperation.Range range => new RequestOp { RequestRange = ToMessage(range.Query) },
        TxnOperation.Put put => new RequestOp { RequestPut = ToMessage(put.Command) },
        TxnOperation.DeleteRange delete => new RequestOp { RequestDeleteRange = ToMessage(delete.Command) },
        TxnOperation.Txn txn => new RequestOp { RequestTxn = ToMessage(txn.Command) },
        _ => throw new UnreachableException(),
    };

    private static Compare ToMessage(TxnCompare compare)
    {
        var message = new Compare
        {
            Key = Wrap(compare.Keys.Key),
            RangeEnd = Wrap(compare.Keys.RangeEnd),
            Target = compare.Target,
            Result = compare.Relation,
        };
        switch (compare.Target)
        {
            case Compare.Types.CompareTarget.Version:
                message.Version = compare.Number;
                break;
            case Compare.Types.CompareTarget.Create:
                message.CreateRevision = compare.Number;
                break;
            case Compare.Types.CompareTarget.Mod:
                message.ModRevision = compare.Number;
                break;
            case Compare.Types.CompareTarget.Lease:
                message.Lease = compare.Number;
                break;
            case Compare.Types.CompareTarget.Value:
                message.Value = Wrap(compare.Value);
                break;
            default:
                throw new UnreachableException();
        }

        return message;
    }

    private static ByteString Wrap(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);
}
