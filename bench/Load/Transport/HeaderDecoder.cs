using System.Text;

namespace Keelson.Bench.Load.Transport;

/// <summary>
/// Decodes one connection's response headers by HPACK (RFC 7541). Every block has to pass, because it may change the
/// table that later ones refer to; texts are made only for the table and for who asks.
/// </summary>
internal sealed class HeaderDecoder
{
    private const int FirstDynamicIndex = 62;

    // The default, which we leave as it is (RFC 9113, section 6.5.2); an entry costs its text and 32 bytes.
    private const int TableBytesMax = 4096;
    private const int EntryOverheadBytes = 32;

    private readonly List<(string Name, string Value)> _table = [];
    private int _tableBytesMax = TableBytesMax;
    private int _tableBytes;

    /// <param name="block">A whole header block.</param>
    /// <param name="fields">Gets its fields; null when nobody wants them.</param>
    /// <exception cref="InvalidDataException">The block is malformed.</exception>
    public void Decode(ReadOnlySpan<byte> block, List<(string Name, string Value)>? fields)
    {
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if ((first & 0x80) != 0)
            {
                (string, string) known = At(Integer(ref block, 7));
                fields?.Add(known);
            }
            else if ((first & 0xC0) == 0x40)
            {
                (string, string) field = Literal(ref block, 6);
                Insert(field);
                fields?.Add(field);
            }
            else if ((first & 0xE0) == 0x20)
            {
                _tableBytesMax = Integer(ref block, 5);
                Evict(_tableBytesMax);
            }
            else if (fields is null)
            {
                SkipLiteral(ref block);
            }
            else
            {
                fields.Add(Literal(ref block, 4));
            }
        }
    }

    private (string Name, string Value) Literal(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        int index = Integer(ref block, prefixBits);
        string name = index == 0 ? Text(ref block) : At(index).Name;
        return (name, Text(ref block));
    }

    private static void SkipLiteral(ref ReadOnlySpan<byte> block)
    {
        if (Integer(ref block, 4) == 0)
        {
            TextBytes(ref block, out _);
        }

        TextBytes(ref block, out _);
    }

    private (string Name, string Value) At(int index)
    {
        int position = index - FirstDynamicIndex;
        if (position >= 0)
        {
            return position < _table.Count ? _table[_table.Count - 1 - position] : throw Malformed();
        }

        return index > 0 ? StaticHeaders.At(index) : throw Malformed();
    }

    private void Insert((string Name, string Value) field)
    {
        int bytes = Bytes(field);
        Evict(_tableBytesMax - bytes);
        // One that is larger than the table empties it and is not kept (RFC 7541, section 4.4).
        if (bytes <= _tableBytesMax)
        {
            _table.Add(field);
            _tableBytes += bytes;
        }
    }

    private void Evict(int bytesMax)
    {
        int count = 0;
        for (; count < _table.Count && _tableBytes > bytesMax; count++)
        {
            _tableBytes -= Bytes(_table[count]);
        }

        _table.RemoveRange(0, count);
    }

    private static int Bytes((string Name, string Value) field) =>
        field.Name.Length + field.Value.Length + EntryOverheadBytes;

    private static string Text(ref ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> bytes = TextBytes(ref block, out bool isHuffman);
        return isHuffman ? HuffmanCode.Decode(bytes) : Encoding.Latin1.GetString(bytes);
    }

    private static ReadOnlySpan<byte> TextBytes(ref ReadOnlySpan<byte> block, out bool isHuffman)
    {
        isHuffman = !block.IsEmpty && (block[0] & 0x80) != 0;
        int length = Integer(ref block, 7);
        if (length > block.Length)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> bytes = block[..length];
        block = block[length..];
        return bytes;
    }

    // RFC 7541, section 5.1.
    private static int Integer(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        int limit = (1 << prefixBits) - 1;
        int position = 0;
        int value = Next(block, ref position) & limit;
        bool more = value == limit;
        for (int shift = 0; more; shift += 7)
        {
            byte part = shift < 28 ? Next(block, ref position) : throw Malformed();
            value += (part & 0x7F) << shift;
            more = part >= 0x80;
        }

        block = block[position..];
        return value;
    }

    private static byte Next(ReadOnlySpan<byte> block, ref int position) =>
        position < block.Length ? block[position++] : throw Malformed();

    private static InvalidDataException Malformed() => new("the server's headers are malformed");
}
