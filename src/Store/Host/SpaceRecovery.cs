using Keelson.Base.Identity;

namespace Keelson.Store.Host;

/// <summary>
/// Gives space back while it is short though no checkpoint is due: what compaction and reclaim set free leaves the disk
/// only when no root names it any more, and a full store may get no more requests.
/// </summary>
internal sealed class SpaceRecovery(DiskReserve reserve, SegmentKeeper segments, ApplyLoop apply)
{
    /// <summary>
    /// A tree segment is emptied by one root, forgotten by the next but one, and its file goes with the root after
    /// both.
    /// </summary>
    private const int RootsToGiveBack = 5;

    /// <summary>Reclaim runs in rounds that want no root, so one of them proves nothing.</summary>
    private const int QuietRoundsMax = 3;

    private (Revision Revision, long TrimmedTo, int Passes) _seen;
    private int _rootsLeft;
    private int _quietRounds = QuietRoundsMax;

    /// <summary>True when another root may give something back.</summary>
    /// <param name="passes">Reclaim passes completed.</param>
    public bool WantsRoot(int passes)
    {
        // Begun because space was short, it goes on until nothing more comes of it: stopping at the mark would leave
        // the store full again with the next requests.
        bool isLow = reserve.IsLow;
        Revision revision = isLow ? apply.State.Revision : _seen.Revision;
        (Revision Revision, long TrimmedTo, int Passes) now = (revision, apply.Trimming.TrimmedTo, passes);
        bool isRecovering = isLow || _quietRounds < QuietRoundsMax;
        if (now != _seen && isRecovering)
        {
            _rootsLeft = RootsToGiveBack;
        }

        _seen = now;
        _quietRounds = isLow || _rootsLeft > 0 ? 0 : Math.Min(_quietRounds + 1, QuietRoundsMax);
        return _rootsLeft > 0 || (segments.IsStarved && segments.InUse > 1);
    }

    /// <summary>More roots are to follow soon.</summary>
    public bool IsBusy => _rootsLeft > 0;

    public void RootWritten() => _rootsLeft = Math.Max(0, _rootsLeft - 1);
}
