namespace Keelson.Store.Checkpoint;

/// <summary>Where the fields of a root are (docs/formats/root.md draws them; a test compares).</summary>
internal static class RootLayout
{
    public const int Version = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = 8;
    public const int BodyLengthOffset = 12;
    public const int SequenceOffset = 16;
    public const int BodyChecksumOffset = 24;
    public const int HeaderChecksumOffset = 28;
    public const int HeaderBytes = 32;

    public const int RevisionOffset = 0;
    public const int CompactRevisionOffset = 8;
    public const int AppliedIndexOffset = 16;
    public const int AppliedTermOffset = 24;
    public const int ClusterTimeOffset = 32;
    public const int ChainHashOffset = 40;
    public const int AlarmsOffset = 48;
    public const int HistoryLengthOffset = 52;
    public const int TreeSegmentsLengthOffset = 56;
    public const int TreesOffset = 64;

    public const int TreeAddressOffset = 0;
    public const int TreeLiveCountOffset = 24;
    public const int TreeEntryCountOffset = 32;
    public const int TreeBytes = 40;

    /// <summary>Keys, leases, lease keys, lease deadlines, settings.</summary>
    public const int TreeCount = 5;

    public const int BodyFixedBytes = TreesOffset + (TreeCount * TreeBytes);

    /// <summary>Far above the tables of a database of terabytes; a damaged length must not ask for more.</summary>
    public const int BodyBytesMax = 256 << 20;

    public static ReadOnlySpan<byte> Magic => "KEELROOT"u8;
}
