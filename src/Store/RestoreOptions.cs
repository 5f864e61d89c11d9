namespace Keelson.Store;

/// <summary>How to restore a backup.</summary>
public sealed record RestoreOptions
{
    /// <summary>A thousand revisions a millisecond for thirty years: more is a slip of the keyboard.</summary>
    public const long RevisionBumpMax = 1L << 50;

    /// <summary>
    /// Also takes a file without a checksum: a copy of etcd's <c>member/snap/db</c>. Damage is then found only where a
    /// page contradicts itself.
    /// </summary>
    public bool SkipChecksum { get; init; }

    /// <summary>
    /// Raises the newest revision by this much, more than was written since the backup, and makes everything before it
    /// compacted: a client that saw later revisions is then told to start anew instead of waiting for ever
    /// (etcdutl's --bump-revision with --mark-compacted). 0 for none.
    /// </summary>
    public long RevisionBump { get; init; }

    /// <summary>Told how many of how many bytes of the backup are restored, now and then.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}
