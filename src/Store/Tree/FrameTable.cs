namespace Keelson.Store.Tree;

/// <summary>
/// Frames by number, in chunks that never move, so that readers need no lock while it grows. Taking and returning
/// numbers needs the page store's lock. Number 0 means no page.
/// </summary>
internal sealed class FrameTable
{
    private const int ChunkShift = 10;
    private const int ChunkFrames = 1 << ChunkShift;
    private const int ChunkMask = ChunkFrames - 1;

    private readonly Stack<int> _free = new();
    private Frame[][] _chunks = [new Frame[ChunkFrames]];
    private int _next = 1;

    /// <summary>One more than the highest number that was ever taken.</summary>
    public int End => Volatile.Read(ref _next);

    public int InUse => _next - 1 - _free.Count;

    public long Bytes => (long)_chunks.Length * ChunkFrames * System.Runtime.CompilerServices.Unsafe.SizeOf<Frame>();

    public ref Frame this[int frame] => ref Volatile.Read(ref _chunks)[frame >> ChunkShift][frame & ChunkMask];

    public int TakeLocked()
    {
        if (_free.TryPop(out int frame))
        {
            return frame;
        }

        if (_next >> ChunkShift == _chunks.Length)
        {
            // Readers that still have the shorter array know no number of the new chunk.
            Volatile.Write(ref _chunks, [.. _chunks, new Frame[ChunkFrames]]);
        }

        int taken = _next;
        Volatile.Write(ref _next, taken + 1);
        return taken;
    }

    public void ReturnLocked(int frame)
    {
        this[frame] = default;
        _free.Push(frame);
    }
}
