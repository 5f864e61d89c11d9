using System.Diagnostics;
using System.Globalization;

namespace Keelson.Simulation.OneNode;

/// <summary>Adds up what seeds did, says every few seconds how far a long run is, and when it is over.</summary>
internal sealed class SimulationSummary(string kind, ulong first, TimeSpan duration)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly long[] _faults = new long[Enum.GetValues<NodeFault>().Length];
    private TimeSpan _next = Pause;
    private long _seeds;
    private long _virtualSeconds;
    private long _events;
    private long _calls;
    private long _watchItems;
    private long _expired;
    private long _boots;

    /// <summary>Seeds that broke a promise.</summary>
    public List<ulong> Failed { get; } = [];

    private double RealSeconds => _watch.Elapsed.TotalSeconds;

    private string Verdict => Failed.Count == 0
        ? "all promises kept"
        : $"FAILED: {string.Join(' ', Failed)}; replay with make simulate KIND={kind} SEED=n";

    public bool GoesOn()
    {
        TimeSpan elapsed = _watch.Elapsed;
        if (elapsed >= _next)
        {
            _next = elapsed + Pause;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}: {elapsed.TotalSeconds:F0} of {duration.TotalSeconds:F0} s: "
                + $"{_seeds} seeds, {Failed.Count} failed"));
        }

        return elapsed < duration;
    }

    public void Add(SeedReport report)
    {
        _seeds++;
        _virtualSeconds += report.VirtualMicroseconds / 1_000_000;
        _events += report.Events;
        _calls += report.Calls.All;
        _watchItems += report.WatchItems;
        _expired += report.ExpiredLeases;
        _boots += report.Boots;
        for (int kind = 0; kind < report.Faults.Count; kind++)
        {
            _faults[kind] += report.Faults[kind];
        }

        if (report.Complaint is not null)
        {
            Failed.Add(report.Seed);
            Console.WriteLine($"{report}\nreplay: make simulate KIND={kind} SEED={report.Seed}");
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {kind}: {_seeds} seeds from {first}, {_virtualSeconds} virtual seconds in {RealSeconds:F0} real ones
        {_events} events, {_calls} calls, {_watchItems} watch items, {_expired} leases expired, {_boots} starts
        faults: {SeedReport.Describe(_faults)}
        {Verdict}
        """);
}
