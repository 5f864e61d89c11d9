using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>Bytes [Offset, End) of a segment, up to the record with sequence number <paramref name="Last"/>.</summary>
internal readonly record struct LogExtent(long Segment, int Offset, int End, SequenceNumber Last);
