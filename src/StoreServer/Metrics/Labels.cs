namespace Keelson.StoreServer.Metrics;

/// <summary>
/// The labels of a series, in order of name. A meter gives back an instrument that it made before when name and labels
/// are the same, and takes labels out of order for the same though the last of them differs (.NET 8 to 10,
/// DiagnosticsHelper.CompareTags): then errors are counted as successes.
/// </summary>
internal static class Labels
{
    public static KeyValuePair<string, object?>[] Of(params KeyValuePair<string, object?>[] labels) =>
        [.. labels.OrderBy(static label => label.Key, StringComparer.Ordinal)];
}
