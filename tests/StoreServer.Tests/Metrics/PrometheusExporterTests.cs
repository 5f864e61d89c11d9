using System.Diagnostics.Metrics;
using Keelson.StoreServer.Metrics;

namespace Keelson.StoreServer.Tests.Metrics;

/// <summary>Goal: what a scrape shows is what was recorded, in text that Prometheus reads.</summary>
internal sealed class PrometheusExporterTests
{
    private Meter _meter = null!;
    private PrometheusExporter _exporter = null!;

    [SetUp]
    public void SetUp()
    {
        _meter = new Meter("test");
        _exporter = new PrometheusExporter(_meter);
    }

    [TearDown]
    public void TearDown()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Test]
    public void Counter_WithLabels_AddsUpPerLabels()
    {
        Counter<long> first = _meter.CreateCounter<long>("c_total", null, "Help.", [new("b", "2"), new("a", "\"\\\n")]);
        Counter<long> second = _meter.CreateCounter<long>("c_total", null, "Help.", [new("a", "x"), new("b", "y")]);
        first.Add(2);
        first.Add(3);
        second.Add(1);
        ScrapeText scrape = Scrape();
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Types["c_total"], Is.EqualTo("counter"));
            Assert.That(scrape.Samples["c_total{a=\"\\\"\\\\\\n\",b=\"2\"}"], Is.EqualTo(5));
            Assert.That(scrape.Samples["c_total{a=\"x\",b=\"y\"}"], Is.EqualTo(1));
        });
    }

    [Test]
    public void Histogram_CountsInclusiveBounds()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "h_seconds", null, "Help.", [], new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4] });
        foreach (double value in new[] { 0.5, 1, 1.5, 4, 100 })
        {
            histogram.Record(value);
        }

        ScrapeText scrape = Scrape();
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Types["h_seconds"], Is.EqualTo("histogram"));
            Assert.That(scrape.Samples["h_seconds_bucket{le=\"1\"}"], Is.EqualTo(2));
            Assert.That(scrape.Samples["h_seconds_bucket{le=\"2\"}"], Is.EqualTo(3));
            Assert.That(scrape.Samples["h_seconds_bucket{le=\"4\"}"], Is.EqualTo(4));
            Assert.That(scrape.Samples["h_seconds_bucket{le=\"+Inf\"}"], Is.EqualTo(5));
            Assert.That(scrape.Samples["h_seconds_sum"], Is.EqualTo(107));
            Assert.That(scrape.Samples["h_seconds_count"], Is.EqualTo(5));
        });
    }

    [Test]
    public void Gauge_ShowsTheLastObservation()
    {
        long value = 7;
        _meter.CreateObservableGauge("g", () => value, null, "Help.");
        _meter.CreateObservableGauge("r", () => 0.25, null, "Help.");
        UpDownCounter<long> level = _meter.CreateUpDownCounter<long>("l", null, "Help.");
        level.Add(3);
        level.Add(-1);
        _exporter.Render();
        value = 5;
        ScrapeText scrape = Scrape();
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Types["g"], Is.EqualTo("gauge"));
            Assert.That(scrape.Types["l"], Is.EqualTo("gauge"));
            Assert.That(scrape.Samples["g"], Is.EqualTo(5));
            Assert.That(scrape.Samples["l"], Is.EqualTo(2));
            Assert.That(scrape.Samples["r"], Is.EqualTo(0.25));
        });
    }

    [Test]
    public void Meter_OfAnotherServer_IsNotExported()
    {
        using var other = new Meter("test");
        other.CreateCounter<long>("foreign_total").Add(1);
        Assert.That(_exporter.Render(), Is.Empty);
    }

    [Test]
    public void Process_Figures_AreThere()
    {
        ProcessMetrics.AddTo(_meter);
        ScrapeText scrape = Scrape();
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Samples["process_resident_memory_bytes"], Is.GreaterThan(1_000_000));
            Assert.That(scrape.Samples["process_cpu_seconds_total"], Is.GreaterThan(0));
            Assert.That(scrape.Samples["process_start_time_seconds"], Is.GreaterThan(1_600_000_000));
            Assert.That(scrape.Samples["dotnet_gc_heap_size_bytes"], Is.GreaterThan(0));
        });
    }

    [Test]
    public void Recording_Allocates_Nothing()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c_total", null, "Help.", [new("a", "x")]);
        Histogram<double> histogram = _meter.CreateHistogram(
            "h_seconds", null, "Help.", [], new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4] });
        counter.Add(1);
        histogram.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            counter.Add(1);
            histogram.Record(round);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private ScrapeText Scrape() => ScrapeText.Parse(_exporter.Render());
}
