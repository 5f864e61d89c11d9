namespace Keelson.Store.Log;

internal enum LogRecordKind : byte
{
    /// <summary>The first record of a segment; only there.</summary>
    SegmentStart = 1,

    /// <summary>One entry: a batch of requests.</summary>
    Entry = 2,

    /// <summary>Raft's term and vote.</summary>
    HardState = 3,

    /// <summary>Nothing but a header: its watermark proves that the records before it were durable.</summary>
    Watermark = 4,
}
