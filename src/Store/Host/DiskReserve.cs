namespace Keelson.Store.Host;

/// <summary>
/// Free space that nothing may use which only stores more, so that deletions, compactions, alarms and the checkpoints
/// behind them still fit (docs/decisions: the reserve is counted, not a file).
/// </summary>
/// <remarks>
/// Measured on the maintenance thread; between two measurements any thread reckons with what was recorded since. What
/// is only in memory yet counts as if it were on disk, since the next checkpoint puts it there.
/// </remarks>
internal sealed class DiskReserve
{
    private const int SegmentsKept = 2;
    private const int CheckpointsKept = 2;

    /// <summary>Frame heads, indexes and addresses: what the disk form adds at most, as a part of the bytes.</summary>
    private const int OverheadDivisor = 4;

    /// <summary>A root and its tables.</summary>
    private const long RootBytes = 64 << 10;

    private readonly StoreParts _parts;
    private volatile Measurement _measured;

    public DiskReserve(StoreParts parts)
    {
        _parts = parts;
        _measured = new Measurement(0, 0, 0, 0, 0);
        Measure(checkpointBytes: 0);
    }

    /// <summary>What the next checkpoint writes if it begins now. Any thread.</summary>
    public long CheckpointBytes
    {
        get
        {
            Measurement last = _measured;
            long recorded = last.HistoryBytes + _parts.Machine.RecordedBytes - last.RecordedBytes;
            // While a checkpoint is written its pages stop being dirty before the disk was measured again.
            long pages = Math.Max(last.DirtyBytes, _parts.Pages.DirtyBytes);
            return recorded + pages + ((recorded + pages) / OverheadDivisor) + RootBytes;
        }
    }

    /// <summary>True when so many bytes more leave the reserve whole. Any thread.</summary>
    public bool HasRoom(long bytes) => RoomBytes >= bytes;

    /// <summary>
    /// So little is free that what can be given back should be, at once: less than a second reserve. Any thread.
    /// </summary>
    public bool IsLow => RoomBytes < _measured.ReserveBytes;

    /// <summary>Bytes that may still be stored; negative when the reserve is touched.</summary>
    public long RoomBytes
    {
        get
        {
            Measurement last = _measured;
            return last.FreeBytes - last.ReserveBytes - CheckpointBytes;
        }
    }

    /// <summary>Bytes that were free when the disk was last looked at. Any thread.</summary>
    public long FreeBytes => _measured.FreeBytes;

    /// <summary>Maintenance: true when the disk holds so many bytes more right now, a checkpoint besides.</summary>
    public bool Fits(long bytes) => _parts.Disk.FreeBytes - CheckpointBytes >= bytes;

    /// <summary>Maintenance, not within a checkpoint: looks at the disk.</summary>
    /// <param name="checkpointBytes">What the last checkpoint wrote.</param>
    public void Measure(long checkpointBytes)
    {
        EngineTuning tuning = _parts.Tuning;
        long reserve = (SegmentsKept * (long)tuning.HistorySegmentBytes) + (CheckpointsKept * checkpointBytes);
        // What the counts say must not be newer than the disk: recorded bytes first.
        long recorded = _parts.Machine.RecordedBytes;
        _measured = new Measurement(
            _parts.Disk.FreeBytes,
            Math.Max(reserve, tuning.DiskReserveBytesMin),
            recorded,
            _parts.History.UnwrittenBytes,
            _parts.Pages.DirtyBytes);
    }

    private sealed record Measurement(
        long FreeBytes, long ReserveBytes, long RecordedBytes, long HistoryBytes, long DirtyBytes);
}
