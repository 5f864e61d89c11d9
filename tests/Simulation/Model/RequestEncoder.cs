namespace Keelson.Simulation.Model;

/// <summary>Operations as etcd's protobuf requests (etcd 3.7, api/etcdserverpb/rpc.proto).</summary>
public static class RequestEncoder
{
    public static byte[] Encode(Operation operation)
    {
        var message = new MessageBytes();
        Write(message, operation);
        return message.ToArray();
    }

    private static void Write(MessageBytes message, Operation operation)
    {
        switch (operation)
        {
            case Operation.Put put:
                WritePut(message, put);
                break;
            case Operation.DeleteRange delete:
                message.Bytes(1, delete.Key).Bytes(2, delete.RangeEnd).Bool(3, delete.PreviousKeyValues);
                break;
            case Operation.Range range:
                WriteRange(message, range);
                break;
            case Operation.Txn txn:
                WriteTxn(message, txn);
                break;
            case Operation.Compact compact:
                message.Int64(1, compact.Revision).Bool(2, compact.Physical);
                break;
            case Operation.Alarm alarm:
                message.Int64(1, (long)alarm.Verb).UInt64(2, alarm.Member).Int64(3, (long)alarm.Type);
                break;
            default:
                WriteLease(message, operation);
                break;
        }
    }

    private static void WriteLease(MessageBytes message, Operation operation)
    {
        switch (operation)
        {
            case Operation.LeaseGrant grant:
                message.Int64(1, grant.TtlSeconds).Int64(2, grant.Id);
                break;
            case Operation.LeaseRevoke revoke:
                message.Int64(1, revoke.Id);
                break;
            case Operation.LeaseKeepAlive keepAlive:
                message.Int64(1, keepAlive.Id);
                break;
            case Operation.LeaseTimeToLive timeToLive:
                message.Int64(1, timeToLive.Id).Bool(2, timeToLive.Keys);
                break;
            case Operation.LeaseLeases:
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{operation} is no request");
        }
    }

    private static void WritePut(MessageBytes message, Operation.Put put) => message
        .Bytes(1, put.Key)
        .Bytes(2, put.Value)
        .Int64(3, put.Lease)
        .Bool(4, put.PreviousKeyValue)
        .Bool(5, put.IgnoreValue)
        .Bool(6, put.IgnoreLease);

    private static void WriteRange(MessageBytes message, Operation.Range range) => message
        .Bytes(1, range.Key)
        .Bytes(2, range.RangeEnd)
        .Int64(3, range.Limit)
        .Int64(4, range.Revision)
        .Int64(5, (long)range.Order)
        .Int64(6, (long)range.Target)
        .Bool(7, range.Serializable)
        .Bool(8, range.KeysOnly)
        .Bool(9, range.CountOnly)
        .Int64(10, range.ModRevisionMin)
        .Int64(11, range.ModRevisionMax)
        .Int64(12, range.CreateRevisionMin)
        .Int64(13, range.CreateRevisionMax);

    private static void WriteTxn(MessageBytes message, Operation.Txn txn)
    {
        foreach (Comparison comparison in txn.Compares)
        {
            message.Message(1, WriteComparison(comparison));
        }

        foreach (Operation operation in txn.Success)
        {
            message.Message(2, WriteOperation(operation));
        }

        foreach (Operation operation in txn.Failure)
        {
            message.Message(3, WriteOperation(operation));
        }
    }

    private static MessageBytes WriteComparison(Comparison comparison)
    {
        var message = new MessageBytes();
        message.Int64(1, (long)comparison.Result).Int64(2, (long)comparison.Target).Bytes(3, comparison.Key);
        if (comparison.Operand == ComparisonTarget.Value)
        {
            // An arm of a union is sent even when it is empty or zero: that it is there means something.
            message.Present(7, comparison.Value);
        }
        else if (comparison.Operand is { } operand)
        {
            message.Present(ArmOf(operand), comparison.Number);
        }

        return message.Bytes(64, comparison.RangeEnd);
    }

    private static int ArmOf(ComparisonTarget target) => target switch
    {
        ComparisonTarget.Version => 4,
        ComparisonTarget.Create => 5,
        ComparisonTarget.Mod => 6,
        _ => 8,
    };

    private static MessageBytes WriteOperation(Operation operation)
    {
        var arm = new MessageBytes();
        if (operation is Operation.Nothing)
        {
            return arm;
        }

        var request = new MessageBytes();
        Write(request, operation);
        int field = operation switch
        {
            Operation.Range => 1,
            Operation.Put => 2,
            Operation.DeleteRange => 3,
            _ => 4,
        };
        return arm.Message(field, request);
    }
}
