using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Keelson.Cli.Tests.Memory;

/// <summary>
/// Keys and values that are computed, so that any answer can be judged without a copy of the data: transaction t has
/// revision t + 2 and writes the t-th group of keys, round and round; a value follows from key and revision.
/// </summary>
internal sealed class WideKeys
{
    /// <summary>Puts of a transaction.</summary>
    public const int GroupKeys = 64;

    public const int ValueBytes = 8 << 10;

    private const int KeyBytes = 400;
    private const long FirstRevision = 2;

    private readonly byte[][] _keys;
    private readonly int[] _sorted;

    public WideKeys(int groups)
    {
        Groups = groups;
        _keys = [.. Enumerable.Range(0, groups * GroupKeys).Select(CreateKey)];
        _sorted = [.. Enumerable.Range(0, _keys.Length)];
        Array.Sort(_sorted, (left, right) => _keys[left].AsSpan().SequenceCompareTo(_keys[right]));
    }

    public int Groups { get; }

    public int Count => _keys.Length;

    public ReadOnlyMemory<byte> Key(int key) => _keys[key];

    /// <summary>The key at a place in key order.</summary>
    public int InOrder(int place) => _sorted[place];

    /// <summary>The keys that a revision wrote, in the transaction's order.</summary>
    public IEnumerable<int> Written(long revision) =>
        Enumerable.Range((int)((revision - FirstRevision) % Groups) * GroupKeys, GroupKeys);

    /// <summary>The revision of a key's newest version at a revision; 0 when there is none yet.</summary>
    public long Modified(int key, long revision)
    {
        long first = FirstRevision + (key / GroupKeys);
        return revision < first ? 0 : revision - ((revision - first) % Groups);
    }

    /// <summary>The key's version number at a revision.</summary>
    public long Version(int key, long revision) =>
        (Modified(key, revision) - FirstRevision - (key / GroupKeys)) / Groups + 1;

    /// <summary>What a key was given at a revision: bytes that no other key or revision has.</summary>
    public static byte[] Value(int key, long revision)
    {
        var value = new byte[ValueBytes];
        ulong state = ((ulong)key << 32) ^ (ulong)revision;
        for (int offset = 0; offset < ValueBytes; offset += sizeof(ulong))
        {
            // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
            unchecked
            {
                state += 0x9E3779B97F4A7C15;
                ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
                mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
                BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(offset), mixed ^ (mixed >> 31));
            }
        }

        return value;
    }

    /// <summary>Long keys without much in common: the tree, too, outgrows the memory.</summary>
    private static byte[] CreateKey(int key)
    {
        string seed = key.ToString(CultureInfo.InvariantCulture);
        var text = new StringBuilder("/wide/");
        while (text.Length < KeyBytes)
        {
            text.Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{seed}/{text.Length}"))));
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, KeyBytes));
    }
}
