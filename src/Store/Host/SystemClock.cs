using System.Diagnostics;
using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>The machine's clocks.</summary>
public sealed class SystemClock : IClock
{
    public long MonotonicMilliseconds => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    public DateTimeOffset Now => DateTimeOffset.UtcNow;
}
