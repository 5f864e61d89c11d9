using System.Text.RegularExpressions;

namespace Keelson.StoreServer.Options;

/// <summary>
/// Which plain words are numbers to go-yaml 2, and what JSON makes of them: 0x64, 0144, 0o144 and 0b1100100 are 100,
/// and underscores do not count (gopkg.in/yaml.v2, resolve.go).
/// </summary>
internal static partial class YamlNumber
{
    /// <summary>From here on Go's JSON writes an exponent (encoding/json, floatEncoder).</summary>
    private const double ExponentFrom = 1e21;

    /// <summary>The number in decimal, whole ones without a fraction.</summary>
    public static bool TryResolve(string word, out string number)
    {
        number = word;
        if (word.Length == 0 || !(char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' or '.'))
        {
            return false;
        }

        // A word that begins with a point keeps its underscores, and so is none.
        string plain = word[0] == '.' ? word : word.Replace("_", "", StringComparison.Ordinal);
        if (TryWhole(plain, out Int128 whole))
        {
            number = whole.ToString(CultureInfo.InvariantCulture);
            return true;
        }

        if (!RealPattern().IsMatch(plain)
            || !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            || double.IsInfinity(real))
        {
            return false;
        }

        number = Json(real);
        return true;
    }

    /// <summary>Infinity and not-a-number are values in YAML that JSON does not have.</summary>
    public static bool IsOutsideJson(string word) => word is ".nan" or ".NaN" or ".NAN"
        || (word.Length is 4 or 5 && word[^4..] is ".inf" or ".Inf" or ".INF"
            && (word.Length == 4 || word[0] is '+' or '-'));

    private static bool TryWhole(string plain, out Int128 whole) =>
        GoInteger.TryParse(plain, out whole) && whole >= long.MinValue
        && whole <= (plain[0] is '+' or '-' ? long.MaxValue : ulong.MaxValue);

    /// <summary>The shortest digits that name the number, as Go and .NET both choose them.</summary>
    private static string Json(double real)
    {
        string shortest = real.ToString("R", CultureInfo.InvariantCulture);
        return Math.Abs(real) < ExponentFrom && double.IsInteger(real)
            ? decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture)
                .ToString("0", CultureInfo.InvariantCulture)
            : shortest;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.NonBacktracking)]
    private static partial Regex RealPattern();
}
