using System.Globalization;

namespace Keelson.Bench.Load.Driving;

/// <summary>How many connections, and how many calls each keeps in flight: "4x16".</summary>
internal readonly record struct Shape(int Connections, int InFlight)
{
    public const int ConnectionsMax = 256;

    /// <summary>Kestrel's default limit of streams on a connection is 100.</summary>
    public const int InFlightMax = 96;

    public int Slots => Connections * InFlight;

    public static bool TryParse(string text, out Shape shape)
    {
        shape = default;
        string[] parts = text.Split('x');
        bool read = parts.Length == 2
            & int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int connections)
            & int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int inFlight);
        if (!read || connections is < 1 or > ConnectionsMax || inFlight is < 1 or > InFlightMax)
        {
            return false;
        }

        shape = new Shape(connections, inFlight);
        return true;
    }

    public override string ToString() => $"{Connections}x{InFlight}";
}
