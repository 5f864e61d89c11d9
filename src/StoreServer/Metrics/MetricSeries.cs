using System.Diagnostics.Metrics;
using System.Text;

namespace Keelson.StoreServer.Metrics;

/// <summary>
/// The current value of one instrument: a name with fixed labels. Recording is one or two atomic additions and finds
/// its series without a lookup, because labels belong to the instrument and not to the measurement.
/// </summary>
internal sealed class MetricSeries
{
    private readonly double[]? _bounds;
    private readonly long[]? _counts;
    private long _whole;
    private double _sum;

    public MetricSeries(Instrument instrument)
    {
        Name = instrument.Name;
        Help = instrument.Description ?? "";
        Labels = Render(instrument.Tags ?? []);
        Type type = instrument.GetType().GetGenericTypeDefinition();
        if (instrument is Histogram<double> histogram)
        {
            _bounds = [.. histogram.Advice?.HistogramBucketBoundaries ?? []];
            _counts = new long[_bounds.Length + 1];
            Kind = "histogram";
        }
        else
        {
            // Doubles are kept, not added up: nothing here counts in fractions.
            Invariant.Require(instrument.IsObservable || instrument is Counter<long> or UpDownCounter<long>);
            IsObserved = instrument.IsObservable;
            Kind = type == typeof(ObservableGauge<>) || type == typeof(UpDownCounter<>) ? "gauge" : "counter";
        }
    }

    public string Name { get; }

    public string Help { get; }

    /// <summary>counter, gauge or histogram.</summary>
    public string Kind { get; }

    /// <summary><c>a="b",c="d"</c>, or empty.</summary>
    public string Labels { get; }

    private bool IsObserved { get; }

    public void Add(long value)
    {
        if (IsObserved)
        {
            Volatile.Write(ref _whole, value);
        }
        else
        {
            Interlocked.Add(ref _whole, value);
        }
    }

    public void Record(double value)
    {
        if (_counts is null)
        {
            Volatile.Write(ref _sum, value);
            return;
        }

        // Prometheus' bounds are inclusive.
        int bucket = Array.BinarySearch(_bounds!, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        AddToSum(value);
    }

    public void Write(StringBuilder text)
    {
        if (_counts is null)
        {
            double value = Volatile.Read(ref _whole) + Volatile.Read(ref _sum);
            Sample(text, Name, Labels).AppendLine(Render(value));
            return;
        }

        long total = 0;
        string separator = Labels.Length > 0 ? "," : "";
        for (int index = 0; index < _counts.Length; index++)
        {
            total += Volatile.Read(ref _counts[index]);
            string bound = index < _bounds!.Length ? Render(_bounds[index]) : "+Inf";
            Sample(text, Name + "_bucket", $"{Labels}{separator}le=\"{bound}\"").AppendLine(Render(total));
        }

        Sample(text, Name + "_sum", Labels).AppendLine(Render(Volatile.Read(ref _sum)));
        Sample(text, Name + "_count", Labels).AppendLine(Render(total));
    }

    private void AddToSum(double value)
    {
        double seen = Volatile.Read(ref _sum);
        double before;
        do
        {
            before = seen;
            seen = Interlocked.CompareExchange(ref _sum, before + value, before);
        }
        while (seen != before);
    }

    private static StringBuilder Sample(StringBuilder text, string name, string labels)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        return text.Append(' ');
    }

    private static string Render(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Render(IEnumerable<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => $"{tag.Key}=\"{Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")}\""));

    /// <summary>Prometheus text format 0.0.4: backslash, quote and line feed are escaped in label values.</summary>
    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
