using System.Globalization;

namespace Keelson.Cli.Tools;

/// <summary>Sizes as etcd's tools print them: powers of 1000, one decimal below ten.</summary>
internal static class HumanBytes
{
    private const double Step = 1000;
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    public static string Format(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= Step && unit < Units.Length - 1)
        {
            value /= Step;
            unit++;
        }

        value = Math.Floor((value * 10) + 0.5) / 10;
        string format = unit > 0 && value < 10 ? "F1" : "F0";
        return value.ToString(format, CultureInfo.InvariantCulture) + ' ' + Units[unit];
    }
}
