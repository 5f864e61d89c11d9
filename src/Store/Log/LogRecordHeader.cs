using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>The fixed part of a record: 80 bytes in front of its payload.</summary>
internal readonly record struct LogRecordHeader
{
    public LogRecordKind Kind { get; init; }

    public byte Flags { get; init; }

    public int PayloadLength { get; init; }

    public uint PayloadChecksum { get; init; }

    public SequenceNumber Sequence { get; init; }

    public long Segment { get; init; }

    public ulong Incarnation { get; init; }

    /// <summary>Of an entry its own, of other records that of the last entry before them.</summary>
    public LogIndex Index { get; init; }

    public Term Term { get; init; }

    public ulong PreviousHash { get; init; }

    public SequenceNumber Watermark { get; init; }

    public bool EndsBlock => (Flags & LogFormat.FlagEndsBlock) != 0;

    /// <summary>An entry that is no batch: it changes who decides.</summary>
    public bool IsConfiguration => (Flags & LogFormat.FlagConfiguration) != 0;

    public int RecordBytes => LogFormat.HeaderBytes + PayloadLength;

    /// <summary>Where the next record begins when this one begins at <paramref name="offset"/>.</summary>
    public int NextOffset(int offset) => EndsBlock
        ? LogFormat.AlignBlock(offset + RecordBytes)
        : LogFormat.AlignRecord(offset + RecordBytes);

    public void WriteTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LogFormat.MagicOffset..], LogFormat.Magic);
        bytes[LogFormat.KindOffset] = (byte)Kind;
        bytes[LogFormat.FlagsOffset] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[LogFormat.VersionOffset..], LogFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[LogFormat.PayloadLengthOffset..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LogFormat.PayloadChecksumOffset..], PayloadChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LogFormat.ReservedOffset..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LogFormat.SequenceOffset..], Sequence.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LogFormat.SegmentOffset..], Segment);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[LogFormat.IncarnationOffset..], Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LogFormat.IndexOffset..], Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LogFormat.TermOffset..], Term.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[LogFormat.PreviousHashOffset..], PreviousHash);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LogFormat.WatermarkOffset..], Watermark.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LogFormat.HeaderChecksumOffset..], Checksum(bytes));
    }

    /// <summary>False unless the bytes are a whole, undamaged header that this version can have written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out LogRecordHeader header)
    {
        header = default;
        if (bytes.Length < LogFormat.HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[LogFormat.MagicOffset..]) != LogFormat.Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[LogFormat.HeaderChecksumOffset..]) != Checksum(bytes)
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[LogFormat.VersionOffset..]) != LogFormat.Version)
        {
            return false;
        }

        header = new LogRecordHeader
        {
            Kind = (LogRecordKind)bytes[LogFormat.KindOffset],
            Flags = bytes[LogFormat.FlagsOffset],
            PayloadLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[LogFormat.PayloadLengthOffset..]),
            PayloadChecksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[LogFormat.PayloadChecksumOffset..]),
            Sequence = new(BinaryPrimitives.ReadInt64LittleEndian(bytes[LogFormat.SequenceOffset..])),
            Segment = BinaryPrimitives.ReadInt64LittleEndian(bytes[LogFormat.SegmentOffset..]),
            Incarnation = BinaryPrimitives.ReadUInt64LittleEndian(bytes[LogFormat.IncarnationOffset..]),
            Index = new(BinaryPrimitives.ReadInt64LittleEndian(bytes[LogFormat.IndexOffset..])),
            Term = new(BinaryPrimitives.ReadInt64LittleEndian(bytes[LogFormat.TermOffset..])),
            PreviousHash = BinaryPrimitives.ReadUInt64LittleEndian(bytes[LogFormat.PreviousHashOffset..]),
            Watermark = new(BinaryPrimitives.ReadInt64LittleEndian(bytes[LogFormat.WatermarkOffset..])),
        };
        return header.HasPossibleLength && header.HasPossibleNumbers;
    }

    /// <summary>The link to the next record: header and payload of this one.</summary>
    public static ulong Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        Hash64.Compute(payload, Hash64.Compute(header[..LogFormat.HeaderBytes]));

    private bool HasPossibleLength => Kind switch
    {
        LogRecordKind.SegmentStart => PayloadLength == LogFormat.StartPayloadBytes,
        LogRecordKind.Entry => PayloadLength is >= 0 and <= LogOptions.SegmentBytesMax,
        LogRecordKind.HardState => PayloadLength == LogFormat.HardStateBytes,
        LogRecordKind.Watermark => PayloadLength == 0,
        _ => false,
    };

    /// <summary>Numbers that have a next one.</summary>
    private bool HasPossibleNumbers =>
        Sequence.Value is > 0 and < long.MaxValue && Index.Value is >= 0 and < long.MaxValue;

    private static uint Checksum(ReadOnlySpan<byte> bytes) =>
        Crc32C.Compute(bytes[LogFormat.HeaderChecksumStart..LogFormat.HeaderBytes]);
}
