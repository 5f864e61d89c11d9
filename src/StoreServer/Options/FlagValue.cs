namespace Keelson.StoreServer.Options;

/// <summary>A flag's text and what it means; only the member of the flag's kind is set.</summary>
internal sealed record FlagValue(string Text)
{
    public bool Truth { get; private init; }

    public long Number { get; private init; }

    public double Real { get; private init; }

    public TimeSpan Duration { get; private init; }

    public IReadOnlyList<string> Words { get; private init; } = [];

    public IReadOnlyList<EndpointUrl> Urls { get; private init; } = [];

    /// <summary>The value, or null and the reason in the words of Go's flag package.</summary>
    public static FlagValue? Parse(FlagKind kind, string text, out string fault)
    {
        fault = "parse error";
        return kind switch
        {
            FlagKind.Boolean => ParseBoolean(text) is { } truth ? new FlagValue(text) { Truth = truth } : null,
            FlagKind.Signed => ParseNumber(text, long.MinValue, ref fault),
            FlagKind.Unsigned => ParseNumber(text, 0, ref fault),
            FlagKind.Real => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
                ? new FlagValue(text) { Real = real }
                : null,
            FlagKind.Duration => GoDuration.TryParse(text, out TimeSpan duration)
                ? new FlagValue(text) { Duration = duration }
                : null,
            FlagKind.Urls => ParseUrls(text, ref fault),
            FlagKind.List => new FlagValue(text) { Words = Split(text) },
            _ => new FlagValue(text),
        };
    }

    /// <summary>What strconv.ParseBool accepts.</summary>
    private static bool? ParseBoolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private static FlagValue? ParseNumber(string text, long minimum, ref string fault)
    {
        // An unsigned number has no sign at all (strconv.ParseUint).
        bool isSigned = text is ['+' or '-', ..];
        if (!GoInteger.TryParse(text, out Int128 number) || (minimum == 0 && isSigned))
        {
            return null;
        }

        if (number < minimum || number > long.MaxValue)
        {
            fault = "value out of range";
            return null;
        }

        return new FlagValue(text) { Number = (long)number };
    }

    private static FlagValue? ParseUrls(string text, ref string fault)
    {
        var urls = new List<EndpointUrl>();
        foreach (string word in Split(text))
        {
            if (EndpointUrl.Parse(word, out string urlFault) is not { } url)
            {
                fault = urlFault;
                return null;
            }

            urls.Add(url);
        }

        return new FlagValue(text) { Urls = urls };
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
