using System.Text;

namespace Keelson.Rpc.Framing;

/// <summary>
/// The <c>grpc-message</c> header: UTF-8 in which everything outside of printable ASCII, and the percent sign, is
/// percent-encoded (gRPC over HTTP/2, "Status-Message").
/// </summary>
internal static class GrpcMessageText
{
    private const string HexDigits = "0123456789ABCDEF";

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte part in Encoding.UTF8.GetBytes(text))
        {
            if (part is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)part);
            }
            else
            {
                encoded.Append('%').Append(HexDigits[part >> 4]).Append(HexDigits[part & 0xF]);
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: an invalid escape is kept as it stands, as the specification asks of receivers.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        byte[] encoded = Encoding.UTF8.GetBytes(text);
        int length = 0;
        for (int index = 0; index < encoded.Length; index++, length++)
        {
            bool isEscape = encoded[index] == '%' && index + 2 < encoded.Length
                && char.IsAsciiHexDigit((char)encoded[index + 1]) && char.IsAsciiHexDigit((char)encoded[index + 2]);
            encoded[length] = isEscape
                ? byte.Parse(encoded.AsSpan(index + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : encoded[index];
            index += isEscape ? 2 : 0;
        }

        return Encoding.UTF8.GetString(encoded, 0, length);
    }
}
