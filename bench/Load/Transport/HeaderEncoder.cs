using System.Text;

namespace Keelson.Bench.Load.Transport;

/// <summary>
/// Encodes gRPC request headers by HPACK (RFC 7541) for one connection. A field is sent once with incremental
/// indexing and by its index from then on, as real gRPC clients do; so a request's headers are six bytes.
/// </summary>
internal sealed class HeaderEncoder
{
    private const int FirstDynamicIndex = 62;

    // What every peer starts with (RFC 9113, section 6.5.2); an entry costs its text and 32 bytes (RFC 7541, 4.1).
    private const int TableBytesMax = 4096;
    private const int EntryOverheadBytes = 32;

    // Static table indexes: ":method: POST", ":scheme: http" (RFC 7541, appendix A).
    private static readonly byte[] Fixed = [0x80 | 3, 0x80 | 6];

    private readonly List<(string Name, string Value)> _table = [];
    private readonly Dictionary<string, byte[]> _blocks = new(StringComparer.Ordinal);
    private readonly string _authority;
    private int _tableBytes;

    public HeaderEncoder(string authority)
    {
        _authority = authority;
    }

    /// <summary>The header block of a call to <paramref name="path"/>; it must be sent, and in this order.</summary>
    public byte[] Encode(string path)
    {
        if (_blocks.TryGetValue(path, out byte[]? known))
        {
            return known;
        }

        int before = _table.Count;
        List<byte> block = [.. Fixed];
        Field(block, ":path", path);
        Field(block, ":authority", _authority);
        Field(block, "content-type", "application/grpc");
        Field(block, "te", "trailers");
        byte[] encoded = [.. block];
        if (_table.Count == before)
        {
            _blocks.Add(path, encoded);
        }
        else
        {
            // A new entry moved the indexes of all others.
            _blocks.Clear();
        }

        return encoded;
    }

    private void Field(List<byte> block, string name, string value)
    {
        int position = _table.IndexOf((name, value));
        if (position >= 0)
        {
            Integer(block, 0x80, 7, FirstDynamicIndex + (_table.Count - 1 - position));
            return;
        }

        int bytes = name.Length + value.Length + EntryOverheadBytes;
        bool indexed = _tableBytes + bytes <= TableBytesMax;
        block.Add(indexed ? (byte)0x40 : (byte)0x00);
        Text(block, name);
        Text(block, value);
        if (indexed)
        {
            _table.Add((name, value));
            _tableBytes += bytes;
        }
    }

    private static void Text(List<byte> block, string text)
    {
        Integer(block, 0, 7, text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    // RFC 7541, section 5.1.
    private static void Integer(List<byte> block, int pattern, int prefixBits, int value)
    {
        int limit = (1 << prefixBits) - 1;
        if (value < limit)
        {
            block.Add((byte)(pattern | value));
            return;
        }

        block.Add((byte)(pattern | limit));
        int rest = value - limit;
        for (; rest >= 128; rest >>= 7)
        {
            block.Add((byte)((rest & 0x7F) | 0x80));
        }

        block.Add((byte)rest);
    }
}
