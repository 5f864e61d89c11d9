using System.Globalization;
using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>Keys, values and messages of the size that Kubernetes stores most of.</summary>
internal static class MicroData
{
    public const int ValueBytes = 256;

    public static byte[] Key(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/registry/pods/default/{index:d7}"));

    /// <summary>0 to count in an order that is the same in every run.</summary>
    public static int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(7).Shuffle(order);
        return order;
    }

    /// <summary>A PutRequest.</summary>
    public static byte[] Put(int index, int valueBytes = ValueBytes)
    {
        var message = new ProtoBuffer();
        message.Bytes(1, Key(index));
        message.Bytes(2, new byte[valueBytes]);
        return message.Written.ToArray();
    }

    /// <summary>A RangeRequest for a page of 500.</summary>
    public static byte[] Range()
    {
        var message = new ProtoBuffer();
        message.Bytes(1, Key(0));
        message.Bytes(2, "/registry/pods0"u8);
        message.Int64(3, 500);
        message.Int64(4, 12345);
        return message.Written.ToArray();
    }

    /// <summary>Kubernetes' write: if the mod revision is the one read, put; else get.</summary>
    public static byte[] Txn(int index)
    {
        var message = new ProtoBuffer();
        int compare = message.BeginMessage(1);
        message.Int64(2, 2);
        message.Bytes(3, Key(index));
        message.Int64(6, 77);
        message.EndMessage(compare);
        int success = message.BeginMessage(2);
        message.Message(2, Put(index));
        message.EndMessage(success);
        int failure = message.BeginMessage(3);
        int range = message.BeginMessage(1);
        message.Bytes(1, Key(index));
        message.EndMessage(range);
        message.EndMessage(failure);
        return message.Written.ToArray();
    }
}
