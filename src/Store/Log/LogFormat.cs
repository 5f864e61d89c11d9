namespace Keelson.Store.Log;

/// <summary>Where each field lies; drawn in docs/formats/log.md, which a test compares with these constants.</summary>
internal static class LogFormat
{
    public const uint Magic = 0x474F4C4B;
    public const ushort Version = 1;

    /// <summary>Set on a segment start and on the last record of a write: the next begins on the next block.</summary>
    public const byte FlagEndsBlock = 1;

    /// <summary>Set on entries that change who decides, which are no batches.</summary>
    public const byte FlagConfiguration = 2;

    public const int MagicOffset = 0;
    public const int HeaderChecksumOffset = 4;
    public const int KindOffset = 8;
    public const int FlagsOffset = 9;
    public const int VersionOffset = 10;
    public const int PayloadLengthOffset = 12;
    public const int PayloadChecksumOffset = 16;
    public const int ReservedOffset = 20;
    public const int SequenceOffset = 24;
    public const int SegmentOffset = 32;
    public const int IncarnationOffset = 40;
    public const int IndexOffset = 48;
    public const int TermOffset = 56;
    public const int PreviousHashOffset = 64;
    public const int WatermarkOffset = 72;
    public const int HeaderBytes = 80;

    /// <summary>The header's checksum covers everything behind itself.</summary>
    public const int HeaderChecksumStart = KindOffset;

    /// <summary>Records inside a write begin at multiples of this.</summary>
    public const int RecordAlignmentBytes = 8;

    public const int StartSegmentBytesOffset = 0;
    public const int StartIndexMaxBeforeOffset = 8;
    public const int StartHardStateOffset = 16;
    public const int StartPayloadBytes = 32;

    public const int HardStateTermOffset = 0;
    public const int HardStateVoteOffset = 8;
    public const int HardStateBytes = 16;

    public static int AlignRecord(int bytes) => (bytes + RecordAlignmentBytes - 1) & -RecordAlignmentBytes;

    public static int AlignBlock(int bytes) => (bytes + LogOptions.BlockBytes - 1) & -LogOptions.BlockBytes;
}
