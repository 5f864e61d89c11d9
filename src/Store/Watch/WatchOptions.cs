namespace Keelson.Store.Watch;

internal sealed record WatchOptions
{
    /// <summary>
    /// Items that a stream did not take yet: with more bytes than this nothing is added but its last words.
    /// </summary>
    public long StreamBytesMax { get; init; } = 4 << 20;

    /// <summary>History read in one turn for those behind.</summary>
    public long TurnBytesMax { get; init; } = 4 << 20;

    /// <summary>An item with more event bytes ends at the next revision.</summary>
    public int ItemBytesMax { get; init; } = 1 << 20;

    /// <summary>
    /// A larger item is split where fragments were asked for: etcd's --max-request-bytes plus 512 KiB.
    /// </summary>
    public int FragmentBytesMax { get; init; } = (3 << 19) + (512 << 10);
}
