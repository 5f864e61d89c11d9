using Keelson.Base.Identity;

namespace Keelson.Store.Watch;

/// <summary>What a stream sends next; becomes one etcdserverpb.WatchResponse.</summary>
/// <param name="WatchId">Whose it is; -1 for an answer to a progress request and for a refused creation.</param>
/// <param name="HeaderRevision">What etcd puts into the response's header.</param>
internal abstract record WatchItem(long WatchId, Revision HeaderRevision)
{
    /// <summary>No watch (etcd clientv3: InvalidWatchID).</summary>
    public const long NoWatchId = -1;

    /// <summary>What an item counts beside its events against a stream's bound.</summary>
    private const int OverheadBytes = 128;

    /// <summary>What the item counts against <see cref="WatchOptions.StreamBytesMax"/>.</summary>
    public virtual int Bytes => OverheadBytes;

    /// <summary>The first item of every watch.</summary>
    internal sealed record Created(long WatchId, Revision HeaderRevision) : WatchItem(WatchId, HeaderRevision);

    /// <summary>In place of <see cref="Created"/>: created and canceled at once, for a reason.</summary>
    internal sealed record Refused(Revision HeaderRevision, string Reason) : WatchItem(NoWatchId, HeaderRevision);

    /// <summary>Whole revisions, or a part of one.</summary>
    /// <param name="WatchId">Whose they are.</param>
    /// <param name="HeaderRevision">Live: of the last event; catching up: the store's.</param>
    /// <param name="Covered">Every event up to this revision was sent when this item was.</param>
    internal sealed record Events(long WatchId, Revision HeaderRevision, Revision Covered)
        : WatchItem(WatchId, HeaderRevision)
    {
        /// <summary>
        /// mvccpb.Event messages, each with the tag and length that it has in a WatchResponse. Shared with other
        /// watches; never changes.
        /// </summary>
        public ReadOnlyMemory<byte> Encoded { get; init; }

        public int Count { get; init; }

        /// <summary>More of the same revision follows in the next item of this watch.</summary>
        public bool IsFragment { get; init; }

        public override int Bytes => OverheadBytes + Encoded.Length;
    }

    /// <summary>Every event up to the header's revision was sent.</summary>
    internal sealed record Progress(long WatchId, Revision HeaderRevision) : WatchItem(WatchId, HeaderRevision);

    /// <summary>The next revision was compacted; nothing more comes.</summary>
    internal sealed record Compacted(long WatchId, Revision HeaderRevision, Revision CompactRevision)
        : WatchItem(WatchId, HeaderRevision);

    /// <summary>Ended by the client, or by the server for a reason; nothing more comes.</summary>
    internal sealed record Canceled(long WatchId, Revision HeaderRevision, string Reason)
        : WatchItem(WatchId, HeaderRevision);
}
