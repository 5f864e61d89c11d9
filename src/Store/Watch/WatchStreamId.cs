namespace Keelson.Store.Watch;

/// <summary>One client's stream, on which any number of watches live.</summary>
internal readonly record struct WatchStreamId(long Value);
