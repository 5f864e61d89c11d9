using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using OperationResult = Keelson.Simulation.Model.OperationResult;

namespace Keelson.Simulation.OneNode;

/// <summary>The model's operations as an engine's requests and its answers as the model's.</summary>
internal static class EngineCalls
{
    /// <summary>The request with the call's number in a field that the store knows nothing of.</summary>
    public static byte[] Encode(Call call)
    {
        var number = new MessageBytes();
        number.Int64(LogRecorder.CallField, call.Number);
        return [.. Model.RequestEncoder.Encode(call.Request), .. number.ToArray()];
    }

    public static RequestKind KindOf(Model.Operation operation) => operation switch
    {
        Model.Operation.Put => RequestKind.Put,
        Model.Operation.DeleteRange => RequestKind.DeleteRange,
        Model.Operation.Txn => RequestKind.Txn,
        Model.Operation.Compact => RequestKind.Compact,
        Model.Operation.LeaseGrant => RequestKind.LeaseGrant,
        Model.Operation.LeaseRevoke => RequestKind.LeaseRevoke,
        Model.Operation.LeaseKeepAlive => RequestKind.LeaseKeepAlive,
        Model.Operation.Alarm => RequestKind.Alarm,
        _ => throw new System.Diagnostics.UnreachableException($"{operation} is no proposal"),
    };

    /// <summary>Answered from the published state, without the log.</summary>
    public static bool IsRead(Model.Operation operation) => operation is Model.Operation.Range
        || (operation is Model.Operation.Txn
            && RequestValidator.IsReadOnly(new TxnRequest(Model.RequestEncoder.Encode(operation))));

    public static OperationResult Read(StoreEngine engine, Model.Operation operation)
    {
        var response = new ProtoBuffer();
        byte[] request = Model.RequestEncoder.Encode(operation);
        StoreError error = operation is Model.Operation.Range
            ? engine.Range(RangeRequest.Parse(request), response, out Revision current)
            : engine.Readers.Txn(new TxnRequest(request), response, out current, out _);
        return ResultOf(operation, error, response, current);
    }

    public static OperationResult ResultOf(
        Model.Operation operation, StoreError error, ProtoBuffer response, Revision revision) =>
        error == StoreError.None
            ? Model.ResponseDecoder.Decode(operation, response.Written) with { Revision = revision.Value }
            : OperationResult.Failed(Enum.Parse<EtcdError>(error.ToString()));
}
