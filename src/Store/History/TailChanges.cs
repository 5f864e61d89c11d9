using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// The changes behind a revision, while all of them are in the memory tail: how many, and one after the other. What the
/// tail holds is complete whatever compaction and reclaim do: those only touch segments that left it. Inside one epoch
/// pin or on the owner's thread.
/// </summary>
internal ref struct TailChanges
{
    private readonly HistoryChunk[] _chunks;
    private int _chunk;
    private int _slot;

    private TailChanges(HistoryChunk[] chunks, int chunk, int slot)
    {
        _chunks = chunks;
        _chunk = chunk;
        _slot = slot;
    }

    /// <summary>How many are left, those included that no published root names yet.</summary>
    public readonly long Count
    {
        get
        {
            long count = -_slot;
            foreach (HistoryChunk chunk in _chunks.AsSpan(_chunk))
            {
                count += chunk.ChangeCount;
            }

            return count;
        }
    }

    /// <summary>False when changes behind <paramref name="after"/> may be on disk only.</summary>
    public static bool TryFind(HistoryStore history, Revision after, out TailChanges changes)
    {
        HistoryView view = history.View;
        var bound = ChangeRevision.LastOf(after);
        int chunk = view.FindChunk(bound);
        changes = chunk < 0
            ? default
            : new TailChanges(view.Chunks, chunk, view.Chunks[chunk].CountThrough(bound));
        return chunk >= 0;
    }

    /// <summary>
    /// The next change; false when there is none up to revision <paramref name="upTo"/>, which the caller's root names.
    /// </summary>
    public bool TryNext(Revision upTo, out HistoryFrame change)
    {
        while (_chunk < _chunks.Length && _slot == _chunks[_chunk].ChangeCount)
        {
            _chunk++;
            _slot = 0;
        }

        change = _chunk < _chunks.Length ? _chunks[_chunk].Change(_slot++) : default;
        return !change.Bytes.IsEmpty && change.Revision.Revision <= upTo;
    }
}
