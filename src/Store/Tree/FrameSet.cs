namespace Keelson.Store.Tree;

/// <summary>
/// A set of frame numbers: one bit a page. Numbers are dense, so a tree of a million pages takes 128 KiB.
/// </summary>
internal sealed class FrameSet
{
    private const int BitsShift = 6;

    private ulong[] _words = new ulong[16];

    /// <summary>Adds a frame; false when it was in the set.</summary>
    public bool Add(int frame)
    {
        int word = frame >> BitsShift;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, 2 * _words.Length));
        }

        // The shift takes the number's low six bits.
        ulong bit = 1UL << frame;
        bool isNew = (_words[word] & bit) == 0;
        _words[word] |= bit;
        return isNew;
    }
}
