using Keelson.Base.Identity;

namespace Keelson.Store.Watch;

/// <summary>Finds what a key was before a change: the next older tree entry of the same key.</summary>
internal interface IPreviousValues
{
    /// <summary>
    /// The encoded mvccpb.KeyValue that <paramref name="key"/> had before <paramref name="change"/>; empty when it did
    /// not exist or was compacted. Called inside an epoch pin, which the bytes last as long as.
    /// </summary>
    ReadOnlySpan<byte> Find(ReadOnlySpan<byte> key, ChangeRevision change);
}
