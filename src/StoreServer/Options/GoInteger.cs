namespace Keelson.StoreServer.Options;

/// <summary>
/// Whole numbers as Go reads them when the base is left to the text: 0x64, 0144, 0o144, 0b1100100 and 1_00 are 100
/// (strconv.ParseInt with base 0, which Go's flags and go-yaml 2 both use).
/// </summary>
internal static class GoInteger
{
    /// <summary>Larger numbers stay here: out of every flag's range, however long the text is.</summary>
    private static readonly Int128 Ceiling = (Int128)1 << 100;

    /// <summary>Underscores may stand between digits and behind a prefix.</summary>
    public static bool TryParse(string text, out Int128 number)
    {
        bool isSigned = text is ['+' or '-', ..];
        ReadOnlySpan<char> digits = text.AsSpan(isSigned ? 1 : 0);
        int radix = RadixOf(digits, out int skipped);
        bool isSeparable = skipped > 0;
        bool isWhole = digits.Length > skipped;
        number = 0;
        foreach (char letter in digits[skipped..])
        {
            int digit = letter == '_' ? 0 : ValueOf(letter);
            isWhole &= letter == '_' ? isSeparable : digit < radix;
            isSeparable = letter != '_';
            number = letter == '_' ? number : Int128.Min((number * radix) + digit, Ceiling);
        }

        number = text.StartsWith('-') ? -number : number;
        return isWhole && isSeparable;
    }

    private static int RadixOf(ReadOnlySpan<char> digits, out int skipped)
    {
        (int radix, skipped) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        return radix;
    }

    private static int ValueOf(char letter) => letter switch
    {
        >= '0' and <= '9' => letter - '0',
        >= 'a' and <= 'f' => letter - 'a' + 10,
        >= 'A' and <= 'F' => letter - 'A' + 10,
        _ => int.MaxValue / 32,
    };
}
