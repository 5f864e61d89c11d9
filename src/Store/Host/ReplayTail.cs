using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// What a start would have to replay: everything since the last checkpoint that is whole. Counts come from the machine,
/// which counts from the root that the store started from, so a replayed tail is part of them. Any thread reads.
/// </summary>
internal sealed class ReplayTail(StoreParts parts, SegmentKeeper segments)
{
    /// <summary>A tail of so many times what makes a checkpoint due is never passed (store.md, Checkpoint).</summary>
    public const int TailsMax = 4;

    private readonly EngineTuning _tuning = parts.Tuning;
    private readonly StateMachine _machine = parts.Machine;
    private long _requestsAtCheckpoint;
    private long _bytesAtCheckpoint;

    /// <summary>True when it is long enough for another checkpoint.</summary>
    public bool IsDue => Checkpoints >= 1;

    /// <summary>How many times the due tail: 1 asks for a checkpoint, <see cref="TailsMax"/> waits for it.</summary>
    public double Checkpoints => Math.Max(Replay, (double)segments.InUse / _tuning.LogSegmentsDue);

    private double Replay => Math.Max(
        (double)(_machine.AppliedRequests - Volatile.Read(ref _requestsAtCheckpoint)) / _tuning.CheckpointRequests,
        (double)(_machine.RecordedBytes - Volatile.Read(ref _bytesAtCheckpoint)) / _tuning.CheckpointBytes);

    /// <summary>The checkpoint of this moment is durable.</summary>
    public void Checkpointed(CheckpointStart start)
    {
        Volatile.Write(ref _requestsAtCheckpoint, start.AppliedRequests);
        Volatile.Write(ref _bytesAtCheckpoint, start.RecordedBytes);
    }
}
