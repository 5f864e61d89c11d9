using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Compact: older revisions become unreadable at once; their bytes are trimmed and reclaimed later, by each member for
/// itself.
/// </summary>
internal sealed class CompactVerb(WorkingState state)
{
    public StoreError Apply(CompactionRequest request)
    {
        if (request.Revision <= state.CompactRevision)
        {
            return StoreError.Compacted;
        }

        if (request.Revision > state.Revision.Value)
        {
            return StoreError.FutureRevision;
        }

        state.CompactRevision = request.Revision;
        return StoreError.None;
    }
}
