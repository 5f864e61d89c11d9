using Keelson.Base;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// The sparse index of a segment whose footer is not on disk yet. One owner adds at the end; readers take a view of
/// what was published, which never changes.
/// </summary>
internal sealed class SparseIndex(int strideBytes)
{
    private const int EntriesAtFirst = 64;

    private byte[] _entries = new byte[EntriesAtFirst * SparseIndexView.EntryBytes];
    private int _count;
    private int _lastOffset;

    public SparseIndexView View => ViewOf(Volatile.Read(ref _count));

    /// <summary>The entries of frames before <paramref name="end"/>.</summary>
    public SparseIndexView UpTo(int end)
    {
        SparseIndexView all = View;
        int count = all.Count == 0 || all.Offset(0) >= end ? 0 : all.FindOffset(end - 1) + 1;
        return ViewOf(count);
    }

    /// <summary>Adds an entry when the stride since the last one is over; called for every frame.</summary>
    public void Note(ChangeRevision revision, int offset)
    {
        if (_count == 0 || offset - _lastOffset >= strideBytes)
        {
            Add(revision, offset);
        }
    }

    public void Add(ChangeRevision revision, int offset)
    {
        Invariant.Require(_count == 0 || offset > _lastOffset);
        int used = _count * SparseIndexView.EntryBytes;
        if (used == _entries.Length)
        {
            // Readers may hold the old array: it stays as it was. The count is published after the larger array.
            byte[] larger = new byte[used * 2];
            _entries.CopyTo(larger, 0);
            Volatile.Write(ref _entries, larger);
        }

        SparseIndexView.WriteEntry(_entries.AsSpan(used, SparseIndexView.EntryBytes), revision, offset);
        _lastOffset = offset;
        Volatile.Write(ref _count, _count + 1);
    }

    private SparseIndexView ViewOf(int count) =>
        new(Volatile.Read(ref _entries).AsSpan(0, count * SparseIndexView.EntryBytes));
}
