using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>The model's operations as the engine's requests.</summary>
internal static class ModelRequests
{
    /// <summary>True when the operation goes through the log.</summary>
    public static bool IsProposal(Model.Operation operation) => operation switch
    {
        Model.Operation.Range or Model.Operation.LeaseTimeToLive or Model.Operation.LeaseLeases => false,
        Model.Operation.AdvanceTime => false,
        Model.Operation.Txn => !IsReadOnly(operation),
        _ => true,
    };

    /// <summary>A grant in the log has its TTL raised already: that is the proposer's decision.</summary>
    public static byte[] Encode(Model.Operation operation) =>
        Model.RequestEncoder.Encode(operation is Model.Operation.LeaseGrant grant
            ? grant with { TtlSeconds = Math.Max(grant.TtlSeconds, Model.EtcdModel.TtlSecondsMin) }
            : operation);

    public static StoreError Validate(Model.Operation operation, byte[] request) => operation switch
    {
        Model.Operation.Put => RequestValidator.CheckPut(request),
        Model.Operation.DeleteRange => RequestValidator.CheckDeleteRange(request),
        Model.Operation.Range => RequestValidator.CheckRange(request),
        Model.Operation.Txn => RequestValidator.CheckTxn(request, RequestLimits.Default),
        Model.Operation.LeaseGrant grant => grant.TtlSeconds > RequestLimits.LeaseTtlSecondsMax
            ? StoreError.LeaseTtlTooLarge
            : StoreError.None,
        _ => StoreError.None,
    };

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

    public static Model.OperationResult Failed(StoreError error) =>
        Model.OperationResult.Failed(Enum.Parse<Model.EtcdError>(error.ToString()));

    private static bool IsReadOnly(Model.Operation operation) =>
        RequestValidator.IsReadOnly(new TxnRequest(Model.RequestEncoder.Encode(operation)));
}
