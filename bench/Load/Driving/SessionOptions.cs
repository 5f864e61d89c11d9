namespace Keelson.Bench.Load.Driving;

/// <summary>How long to warm up and to measure.</summary>
internal sealed record SessionOptions
{
    public required Shape Shape { get; init; }

    /// <summary>Calls per second; 0 saturates.</summary>
    public double Rate { get; init; }

    public double Seconds { get; init; } = 5;

    /// <summary>Warming up ends after so many seconds, or after <see cref="WarmUpOperations"/>.</summary>
    public double WarmUpSeconds { get; init; } = 5;

    /// <summary>A .NET server has its final code after about so many calls.</summary>
    public long WarmUpOperations { get; init; } = 200_000;
}
