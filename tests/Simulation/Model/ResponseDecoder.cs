using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Simulation.Model;

/// <summary>
/// etcd's protobuf responses as results. What an operation's response does not have stays at its default.
/// </summary>
public static class ResponseDecoder
{
    /// <exception cref="InvalidDataException">The bytes are not the operation's response message.</exception>
    public static OperationResult Decode(Operation operation, ReadOnlySpan<byte> message)
    {
        return operation is Operation.Txn txn ? DecodeTxn(txn, message) : DecodeFlat(operation, message);
    }

    /// <summary>mvccpb.KeyValue.</summary>
    public static KeyValue DecodeKeyValue(ReadOnlySpan<byte> message)
    {
        var keyValue = new KeyValue("");
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            keyValue = reader.Field switch
            {
                1 => keyValue with { Key = Text(reader.ReadBytes()) },
                2 => keyValue with { CreateRevision = reader.ReadInt64() },
                3 => keyValue with { ModRevision = reader.ReadInt64() },
                4 => keyValue with { Version = reader.ReadInt64() },
                5 => keyValue with { Value = Text(reader.ReadBytes()) },
                6 => keyValue with { Lease = reader.ReadInt64() },
                _ => throw new InvalidDataException($"KeyValue has no field {reader.Field}"),
            };
        }

        Require(reader, "KeyValue");
        return keyValue;
    }

    private static OperationResult DecodeTxn(Operation.Txn txn, ReadOnlySpan<byte> message)
    {
        var result = new OperationResult();
        var arms = new List<byte[]>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    result = result with { Revision = DecodeHeader(reader.ReadBytes()) };
                    break;
                case 2:
                    result = result with { Succeeded = reader.ReadBool() };
                    break;
                default:
                    arms.Add(reader.ReadBytes().ToArray());
                    break;
            }
        }

        Require(reader, "TxnResponse");
        IReadOnlyList<Operation> branch = result.Succeeded ? txn.Success : txn.Failure;
        if (branch.Count != arms.Count)
        {
            throw new InvalidDataException($"{arms.Count} responses to {branch.Count} operations");
        }

        return result with { Responses = branch.Zip(arms, DecodeArm).ToList() };
    }

    private static OperationResult DecodeArm(Operation operation, byte[] arm)
    {
        var reader = new ProtoReader(arm);
        int expected = operation switch
        {
            Operation.Range => 1,
            Operation.Put => 2,
            Operation.DeleteRange => 3,
            _ => 4,
        };
        if (!reader.Next() || reader.Field != expected)
        {
            throw new InvalidDataException($"response {reader.Field} to {operation}");
        }

        return Decode(operation, reader.ReadBytes());
    }

    private static OperationResult DecodeFlat(Operation operation, ReadOnlySpan<byte> message)
    {
        var result = new OperationResult();
        var keyValues = new List<KeyValue>();
        var keys = new List<string>();
        var leases = new List<long>();
        var alarms = new List<RaisedAlarm>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (operation, reader.Field)
            {
                case (_, 1):
                    result = result with { Revision = DecodeHeader(reader.ReadBytes()) };
                    break;
                case (Operation.Range or Operation.Put, 2) or (Operation.DeleteRange, 3):
                    keyValues.Add(DecodeKeyValue(reader.ReadBytes()));
                    break;
                case (Operation.LeaseTimeToLive, 5):
                    keys.Add(Text(reader.ReadBytes()));
                    break;
                case (Operation.LeaseLeases, 2):
                    leases.Add(DecodeFirstNumber(reader.ReadBytes()));
                    break;
                case (Operation.Alarm, 2):
                    alarms.Add(DecodeAlarm(reader.ReadBytes()));
                    break;
                default:
                    result = ReadNumber(operation, result, ref reader);
                    break;
            }
        }

        Require(reader, operation.GetType().Name);
        keys.Sort(string.CompareOrdinal);
        leases.Sort();
        return result with { KeyValues = keyValues, Keys = keys, Leases = leases, Alarms = alarms };
    }

    private static OperationResult ReadNumber(Operation operation, OperationResult result, ref ProtoReader reader) =>
        (operation, reader.Field) switch
        {
            (Operation.Range, 3) => result with { More = reader.ReadBool() },
            (Operation.Range, 4) => result with { Count = reader.ReadInt64() },
            (Operation.DeleteRange, 2) => result with { Deleted = reader.ReadInt64() },
            (Operation.LeaseGrant or Operation.LeaseKeepAlive or Operation.LeaseTimeToLive, 2) =>
                result with { LeaseId = reader.ReadInt64() },
            (Operation.LeaseGrant or Operation.LeaseKeepAlive or Operation.LeaseTimeToLive, 3) =>
                result with { TtlSeconds = reader.ReadInt64() },
            (Operation.LeaseTimeToLive, 4) => result with { GrantedTtlSeconds = reader.ReadInt64() },
            _ => throw new InvalidDataException($"field {reader.Field} in the response to {operation}"),
        };

    /// <summary>The revision of a ResponseHeader.</summary>
    private static long DecodeHeader(ReadOnlySpan<byte> message)
    {
        long revision = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 3)
            {
                revision = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        Require(reader, "ResponseHeader");
        return revision;
    }

    private static RaisedAlarm DecodeAlarm(ReadOnlySpan<byte> message)
    {
        var alarm = new RaisedAlarm();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            alarm = reader.Field == 1
                ? alarm with { Member = reader.ReadUInt64() }
                : alarm with { Type = (AlarmType)reader.ReadInt32() };
        }

        Require(reader, "AlarmMember");
        return alarm;
    }

    private static long DecodeFirstNumber(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        long number = reader.Next() ? reader.ReadInt64() : 0;
        Require(reader, "LeaseStatus");
        return number;
    }

    private static void Require(in ProtoReader reader, string message)
    {
        if (reader.Malformed)
        {
            throw new InvalidDataException($"malformed {message} at byte {reader.Position}");
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
