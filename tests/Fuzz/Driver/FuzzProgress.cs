using System.Diagnostics;

namespace Keelson.Fuzz.Driver;

/// <summary>Says when a long run is over, and every few seconds how far it is.</summary>
internal sealed class FuzzProgress(FuzzDriver driver, FuzzTarget target, TimeSpan duration)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Pause;

    public bool GoesOn()
    {
        TimeSpan elapsed = _watch.Elapsed;
        if (elapsed >= _next)
        {
            _next = elapsed + Pause;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target}: {elapsed.TotalSeconds:F0} of {duration.TotalSeconds:F0} s, {driver.Inputs} inputs"));
        }

        return elapsed < duration;
    }
}
