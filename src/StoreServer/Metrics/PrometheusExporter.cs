using System.Diagnostics.Metrics;
using System.Text;

namespace Keelson.StoreServer.Metrics;

/// <summary>
/// Keeps the values of one meter's instruments and writes them as Prometheus text (exposition format 0.0.4). Several
/// instruments of one name, each with its own labels, make one family.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<MetricSeries>> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Meter _meter;

    /// <summary>Instruments that the meter makes later are exported too.</summary>
    public PrometheusExporter(Meter meter)
    {
        _meter = meter;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<long>(static (_, value, _, series) => ((MetricSeries)series!).Add(value));
        _listener.SetMeasurementEventCallback<double>(
            static (_, value, _, series) => ((MetricSeries)series!).Record(value));
        _listener.Start();
    }

    /// <summary>The text of one scrape.</summary>
    public string Render()
    {
        var text = new StringBuilder(32 * 1024);
        lock (_lock)
        {
            _listener.RecordObservableInstruments();
            foreach ((string name, List<MetricSeries> series) in _families)
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(series[0].Help).Append('\n');
                text.Append("# TYPE ").Append(name).Append(' ').Append(series[0].Kind).Append('\n');
                foreach (MetricSeries one in series)
                {
                    one.Write(text);
                }
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!ReferenceEquals(instrument.Meter, _meter))
        {
            return;
        }

        var series = new MetricSeries(instrument);
        lock (_lock)
        {
            if (!_families.TryGetValue(series.Name, out List<MetricSeries>? family))
            {
                _families[series.Name] = family = [];
            }

            family.Add(series);
        }

        listener.EnableMeasurementEvents(instrument, series);
    }
}
