namespace Keelson.Store.Tree;

/// <summary>
/// What the page store knows about a page. The address is 0 while the page is only on disk; the segment is 0 while it
/// is only in memory (dirty).
/// </summary>
internal struct Frame
{
    public const byte LevelUnknown = byte.MaxValue;

    public nint Address;
    public long Born;
    public long DiskOffset;
    public int DiskSegment;
    public int DiskLength;
    public uint DiskChecksum;
    public byte Level;
    public bool Referenced;

    public PageAddress Disk
    {
        readonly get => new(DiskSegment, DiskOffset, DiskLength, DiskChecksum);
        set
        {
            DiskOffset = value.Offset;
            DiskLength = value.Length;
            DiskChecksum = value.Checksum;
            DiskSegment = value.Segment;
        }
    }
}
