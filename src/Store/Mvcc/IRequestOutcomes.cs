using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Mvcc;

/// <summary>Who waits for the outcomes of a batch on this member; during replay nobody does.</summary>
internal interface IRequestOutcomes
{
    /// <summary>
    /// Where the answer of the batch's <paramref name="index"/>-th request is written; null when nobody asks.
    /// </summary>
    ProtoBuffer? ResponseOf(int index);

    /// <summary>The request's outcome; it may be told to the client once the batch is published.</summary>
    void Decided(int index, StoreError error, Revision revision);
}
