using System.Text;

namespace Keelson.Bench.Load.Transport;

/// <summary>
/// The code of HPACK's texts (RFC 7541, appendix B). It is canonical: codes of one length follow each other in the
/// order of their symbols, so that the lengths say everything.
/// </summary>
internal static class HuffmanCode
{
    private const int EndSymbol = 256;
    private const int LengthMax = 30;

    private static readonly byte[] Lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
        8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
        13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
        28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
        22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
        22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
        25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ];

    private static readonly int[] Symbols =
    [
        .. Enumerable.Range(0, Lengths.Length).OrderBy(symbol => Lengths[symbol]).ThenBy(symbol => symbol),
    ];

    private static readonly int[] CountByLength =
    [
        .. Enumerable.Range(0, LengthMax + 1).Select(length => Lengths.Count(each => each == length)),
    ];

    /// <exception cref="InvalidDataException">The end symbol is in the text.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int bit = 0;
        int bits = bytes.Length * 8;
        while (TryDecode(bytes, bits, ref bit, out int symbol))
        {
            text.Append(symbol < EndSymbol ? (char)symbol : throw new InvalidDataException("end symbol in a text"));
        }

        // What is left is padding: less than a byte of ones.
        return text.ToString();
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, int bits, ref int bit, out int symbol)
    {
        int code = 0;
        int firstCode = 0;
        int firstSymbol = 0;
        int position = bit;
        for (int length = 1; length <= LengthMax && position < bits; length++)
        {
            code = (code << 1) | ((bytes[position / 8] >> (7 - (position % 8))) & 1);
            firstCode <<= 1;
            position++;
            if (code - firstCode < CountByLength[length])
            {
                symbol = Symbols[firstSymbol + code - firstCode];
                bit = position;
                return true;
            }

            firstCode += CountByLength[length];
            firstSymbol += CountByLength[length];
        }

        symbol = 0;
        return false;
    }
}
