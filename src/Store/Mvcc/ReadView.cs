using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>What a read looks at: a published state, or the working state in the middle of a transaction.</summary>
/// <param name="Keys">The tree of versions.</param>
/// <param name="Current">The newest revision in it.</param>
/// <param name="CompactRevision">The oldest readable revision.</param>
internal readonly record struct ReadView(TreeRoot Keys, Revision Current, long CompactRevision)
{
    public static ReadView Of(StoreState state) => new(state.Keys, state.Revision, state.CompactRevision);

    /// <summary>
    /// A range inside a transaction: a negative revision is compared like any other (etcd 3.5 to 3.8: checkRange).
    /// </summary>
    public StoreError CheckInTxn(long requested) =>
        requested < 0 && requested < CompactRevision ? StoreError.Compacted : Resolve(requested, out _);

    /// <summary>Turns a request's revision (0 or less: the newest) into the one to read, or says why not.</summary>
    public StoreError Resolve(long requested, out Revision revision)
    {
        revision = requested <= 0 ? Current : new Revision(requested);
        if (revision > Current)
        {
            return StoreError.FutureRevision;
        }

        return revision.Value < CompactRevision ? StoreError.Compacted : StoreError.None;
    }
}
