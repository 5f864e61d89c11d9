namespace Keelson.Store.Mvcc;

/// <summary>Where the fields of a batch are (docs/formats/batch.md draws them; a test compares).</summary>
internal static class BatchLayout
{
    public const byte Version = 2;

    public const int VersionOffset = 0;
    public const int RequestCountOffset = 4;
    public const int ClusterTimeOffset = 8;
    public const int OriginIncarnationOffset = 16;
    public const int OriginNumberOffset = 24;
    public const int HeaderBytes = 32;

    public const int RequestKindOffset = 0;
    public const int RequestLengthOffset = 4;
    public const int RequestHeaderBytes = 8;

    /// <summary>A batch is closed when it holds this many bytes; a larger request travels alone.</summary>
    public const int BatchBytesMax = 1 << 20;

    public const int RequestsMax = 1000;
}
