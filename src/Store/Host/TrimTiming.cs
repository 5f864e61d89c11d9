using System.Diagnostics;

namespace Keelson.Store.Host;

/// <summary>
/// How long trimming holds the apply thread, slice by slice, and how long a whole compaction takes. Apply thread.
/// </summary>
internal sealed class TrimTiming(IStoreObserver? observer)
{
    private long _began;
    private long _sliceBegan;

    public void BeginSlice()
    {
        if (observer is not null)
        {
            _sliceBegan = Stopwatch.GetTimestamp();
            _began = _began == 0 ? _sliceBegan : _began;
        }
    }

    public void EndSlice() => observer?.TrimSliced(Stopwatch.GetElapsedTime(_sliceBegan));

    /// <summary>Nothing is left to trim.</summary>
    public void Finish()
    {
        if (_began != 0)
        {
            observer!.Trimmed(Stopwatch.GetElapsedTime(_began));
            _began = 0;
        }
    }
}
