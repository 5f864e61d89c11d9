using System.Diagnostics.Metrics;

namespace Keelson.StoreServer.Metrics;

/// <summary>Histograms with etcd's own buckets, which the exporter prints as they are.</summary>
internal static class BucketedHistogram
{
    public static Histogram<double> CreateBucketed(
        this Meter meter, string name, string help, double[] bounds, params KeyValuePair<string, object?>[] labels) =>
        meter.CreateHistogram(
            name, null, help, Labels.Of(labels), new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
