using System.Buffers.Text;
using System.Text;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Keys as Kubernetes makes them: one prefix, then a number, all of one length.</summary>
internal sealed class KeySpace
{
    public const string DefaultPrefix = "/registry/pods/default/";
    public const int KeyBytesMin = 40;
    private const int DigitsMax = 10;

    private readonly byte[] _key;

    public KeySpace(int keyBytes, int valueBytes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keyBytes, KeyBytesMin);
        Count = count;
        string filler = new('p', keyBytes - DefaultPrefix.Length - DigitsMax);
        _key = Encoding.ASCII.GetBytes(DefaultPrefix + filler + new string('0', DigitsMax));
        PrefixEnd = Encoding.ASCII.GetBytes(DefaultPrefix[..^1] + (char)(DefaultPrefix[^1] + 1));
        Value = new byte[valueBytes];
        // Not zeros: a server that compresses or recognises them would look better than it is.
        new Random(1).NextBytes(Value);
    }

    public int Count { get; }

    public int KeyBytes => _key.Length;

    public byte[] Value { get; }

    public static ReadOnlySpan<byte> Prefix => "/registry/pods/default/"u8;

    /// <summary>The first key behind all keys of the prefix.</summary>
    public byte[] PrefixEnd { get; }

    /// <summary>The key with this number; valid until the next call.</summary>
    public ReadOnlySpan<byte> Key(int number)
    {
        Utf8Formatter.TryFormat((long)number, _key.AsSpan(_key.Length - DigitsMax), out _, new('D', DigitsMax));
        return _key;
    }
}
