namespace Keelson.StoreServer.Options;

/// <summary>
/// Durations as Go writes them: <c>1h30m</c>, <c>100ms</c>, <c>1.5s</c>, <c>0</c> (time.ParseDuration).
/// </summary>
internal static class GoDuration
{
    private const long NanosecondsPerTick = 100;

    private static readonly (string Unit, decimal Nanoseconds)[] Units =
    [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];

    /// <summary>Below 100 ns the duration is rounded to zero. False also when it exceeds Go's 290 years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text.AsSpan();
        bool isNegative = rest is ['-', ..];
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest is "0")
        {
            return true;
        }

        decimal total = 0;
        bool isValid = !rest.IsEmpty;
        while (isValid && !rest.IsEmpty)
        {
            isValid = TryTake(ref rest, ref total);
        }

        duration = isValid ? TimeSpan.FromTicks((long)(total / NanosecondsPerTick)) : TimeSpan.Zero;
        duration = isNegative ? -duration : duration;
        return isValid;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, ref decimal total)
    {
        int digits = 0;
        while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
        {
            digits++;
        }

        ReadOnlySpan<char> number = rest[..digits];
        rest = rest[digits..];
        int letters = 0;
        while (letters < rest.Length && !char.IsAsciiDigit(rest[letters]) && rest[letters] != '.')
        {
            letters++;
        }

        decimal nanoseconds = UnitOf(rest[..letters]);
        rest = rest[letters..];
        if (nanoseconds == 0 || digits > 20
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, null, out decimal value)
            || value > long.MaxValue / nanoseconds)
        {
            return false;
        }

        total += value * nanoseconds;
        return total <= long.MaxValue;
    }

    private static decimal UnitOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, decimal nanoseconds) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return nanoseconds;
            }
        }

        return 0;
    }
}
