using System.Diagnostics;

namespace Keelson.Store.Host;

/// <summary>
/// A pass that somebody asked for (etcd's Defragment): rounds of reclaim that take more than the background does, each
/// followed by checkpoints until no root names the old files. Those who ask while one goes on get another one after it.
/// </summary>
/// <remarks>Any thread asks; everything else is the maintenance thread's.</remarks>
internal sealed class ReclaimPass(IStoreObserver? observer)
{
    /// <summary>
    /// A tree segment is emptied by one root, forgotten by the next but one, and its file goes with the root after
    /// both.
    /// </summary>
    private const int CheckpointsPerRound = 5;

    /// <summary>A store that is written to meanwhile always has something: a pass ends all the same.</summary>
    private const int RoundsMax = 64;

    private int _wanted;
    private volatile int _roundsLeft;
    private int _checkpointsLeft;
    private long _began;

    /// <summary>A pass goes on. Any thread.</summary>
    public bool IsOn => _roundsLeft > 0;

    /// <summary>The pass needs a checkpoint, whether or not one is due.</summary>
    public bool WantsCheckpoint => _checkpointsLeft > 0;

    /// <summary>Asks for a pass.</summary>
    public void Want() => Volatile.Write(ref _wanted, 1);

    /// <summary>Begins the pass that was asked for, if any.</summary>
    public void BeginIfWanted()
    {
        if (!IsOn && Interlocked.Exchange(ref _wanted, 0) != 0)
        {
            _roundsLeft = RoundsMax;
            // Only segments that a checkpoint has finished can be copied.
            _checkpointsLeft = 1;
            _began = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A checkpoint was written.</summary>
    public void Checkpointed() => _checkpointsLeft = Math.Max(0, _checkpointsLeft - 1);

    /// <summary>
    /// Everything compacted is trimmed, the last round's files are gone, and it was looked at what there is to reclaim.
    /// </summary>
    public void Looked(bool found)
    {
        if (!IsOn)
        {
            return;
        }

        _checkpointsLeft = found ? CheckpointsPerRound : 0;
        _roundsLeft = found ? _roundsLeft - 1 : 0;
        if (!IsOn)
        {
            observer?.Reclaimed(Stopwatch.GetElapsedTime(_began));
        }
    }
}
