using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Requests;

/// <summary>Reads etcd's response bodies, which apply writes, into the embedding API's types.</summary>
internal static class ResponseDecoder
{
    public static RangeResult Range(ReadOnlySpan<byte> message, Revision current)
    {
        List<KeyValue> keyValues = [];
        bool more = false;
        long count = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    keyValues.Add(KeyValue.Copy(reader.ReadBytes()));
                    break;
                case 3:
                    more = reader.ReadBool();
                    break;
                case 4:
                    count = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Invariant.Require(!reader.Malformed);
        return new RangeResult(current, keyValues, count, more);
    }

    /// <summary>prev_kv of a PutResponse; null when absent.</summary>
    public static KeyValue? Previous(ReadOnlySpan<byte> message)
    {
        KeyValue? previous = null;
        foreach (ReadOnlySpan<byte> keyValue in new RepeatedMessages(message, 2))
        {
            previous = KeyValue.Copy(keyValue);
        }

        return previous;
    }

    /// <summary>One number field of a response.</summary>
    public static long Number(ReadOnlySpan<byte> message, int field)
    {
        long number = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                number = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return number;
    }

    /// <summary>alarms of an AlarmResponse: who raised which.</summary>
    public static List<(ulong Member, StoreAlarm Kind)> Alarms(ReadOnlySpan<byte> message)
    {
        List<(ulong, StoreAlarm)> alarms = [];
        foreach (ReadOnlySpan<byte> alarm in new RepeatedMessages(message, 2))
        {
            alarms.Add((unchecked((ulong)Number(alarm, 1)), (StoreAlarm)Number(alarm, 2)));
        }

        return alarms;
    }

    public static TransactionResult Txn(ReadOnlySpan<byte> message, Revision revision)
    {
        List<OperationResult> results = [];
        bool succeeded = false;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    succeeded = reader.ReadBool();
                    break;
                case 3:
                    results.Add(Operation(reader.ReadBytes()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Invariant.Require(!reader.Malformed);
        return new TransactionResult(revision, succeeded, results);
    }

    private static OperationResult Operation(ReadOnlySpan<byte> message)
    {
        // ResponseOp numbers its arms as RequestOp does.
        bool parsed = RequestOperation.TryParse(message, out RequestOperation response);
        Invariant.Require(parsed);
        switch (response.Kind)
        {
            case OperationKind.Range:
                RangeResult range = Range(response.Request, default);
                return new OperationResult { KeyValues = range.KeyValues, Count = range.Count };
            case OperationKind.Put:
                return Previous(response.Request) is { } previous
                    ? new OperationResult { KeyValues = [previous] }
                    : new OperationResult();
            case OperationKind.DeleteRange:
                return new OperationResult { Count = Number(response.Request, 2) };
            default:
                return new OperationResult { Nested = Txn(response.Request, default) };
        }
    }
}
