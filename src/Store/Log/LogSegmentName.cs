namespace Keelson.Store.Log;

/// <summary>
/// File names of segments: <c>log-</c> and the number in 16 hexadecimal digits, so that names sort as numbers.
/// </summary>
internal static class LogSegmentName
{
    private const string Prefix = "log-";
    private const string PrewritePrefix = "prewrite-";
    private const int Digits = 16;

    public static string Of(long number) => Prefix + number.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A file still being prewritten: not yet a segment, removed at start.</summary>
    public static string OfPrewrite(long number) =>
        PrewritePrefix + number.ToString("x16", CultureInfo.InvariantCulture);

    public static bool IsPrewrite(string name) => name.StartsWith(PrewritePrefix, StringComparison.Ordinal);

    public static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.Length == Prefix.Length + Digits
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            && number > 0
            && Of(number) == name;
    }
}
