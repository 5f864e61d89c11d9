namespace Keelson.Store.Log;

/// <summary>Where an entry's record begins.</summary>
internal readonly record struct LogPlace(long Segment, int Offset);
