using System.Collections.Immutable;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// <see cref="HistoryState"/> as a protobuf message, part of a root (docs/formats/history.md, State). The root's
/// checksum guards it; decoding checks every fact that reading relies on all the same.
/// </summary>
internal static class HistoryStateCodec
{
    public const int NextSegmentField = 1;
    public const int PositionSegmentField = 2;
    public const int PositionOffsetField = 3;
    public const int PositionRevisionField = 4;
    public const int ChainHashField = 5;
    public const int SegmentField = 6;
    public const int OpenIndexField = 7;

    public const int SegmentIdField = 1;
    public const int SegmentFirstMainField = 2;
    public const int SegmentFirstSubField = 3;
    public const int SegmentLastField = 4;
    public const int SegmentEndField = 5;
    public const int SegmentDeadField = 6;

    public static byte[] Encode(HistoryState state)
    {
        byte[] index = SparseIndexDelta.Encode(new SparseIndexView(state.OpenIndex.AsSpan()));
        byte[] message = new byte[Size(state, index.Length)];
        var writer = new ProtoWriter(message);
        writer.UInt64(NextSegmentField, state.NextSegment);
        writer.UInt64(PositionSegmentField, state.Position.Segment);
        writer.Int64(PositionOffsetField, state.Position.Offset);
        writer.Int64(PositionRevisionField, state.Position.Revision.Value);
        writer.UInt64(ChainHashField, state.Position.ChainHash);
        foreach (SegmentState segment in state.Segments)
        {
            writer.BeginMessage(SegmentField, Size(segment));
            writer.UInt64(SegmentIdField, segment.Id);
            writer.Int64(SegmentFirstMainField, segment.First.Main);
            writer.Int64(SegmentFirstSubField, segment.First.Sub);
            writer.Int64(SegmentLastField, segment.Last.Value);
            writer.Int64(SegmentEndField, segment.End);
            writer.Int64(SegmentDeadField, segment.DeadBytes);
        }

        writer.Bytes(OpenIndexField, index);
        return message;
    }

    /// <summary>False when the bytes are not a state that <see cref="Encode"/> wrote.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> message, out HistoryState state)
    {
        ulong nextSegment = 0, segment = 0, chainHash = 0;
        long offset = 0, revision = 0;
        ReadOnlySpan<byte> index = default;
        ImmutableArray<SegmentState>.Builder segments = ImmutableArray.CreateBuilder<SegmentState>();
        var reader = new ProtoReader(message);
        bool isIntact = true;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NextSegmentField: nextSegment = reader.ReadUInt64(); break;
                case PositionSegmentField: segment = reader.ReadUInt64(); break;
                case PositionOffsetField: offset = reader.ReadInt64(); break;
                case PositionRevisionField: revision = reader.ReadInt64(); break;
                case ChainHashField: chainHash = reader.ReadUInt64(); break;
                case SegmentField: isIntact &= TryDecodeSegment(reader.ReadBytes(), segments); break;
                case OpenIndexField: index = reader.ReadBytes(); break;
                default: reader.Skip(); break;
            }
        }

        isIntact &= !reader.Malformed && offset is >= 0 and <= int.MaxValue;
        isIntact &= SparseIndexDelta.TryDecode(index, out ImmutableArray<byte> entries);
        state = HistoryState.Empty;
        if (isIntact)
        {
            state = new HistoryState
            {
                Segments = segments.DrainToImmutable(),
                OpenIndex = entries,
                Position = new HistoryPosition(segment, (int)offset, new Revision(revision), chainHash),
                NextSegment = nextSegment,
            };
        }

        return isIntact && HistoryStateRules.Hold(state);
    }

    private static int Size(HistoryState state, int indexBytes)
    {
        int size = ProtoSize.UInt64(NextSegmentField, state.NextSegment)
            + ProtoSize.UInt64(PositionSegmentField, state.Position.Segment)
            + ProtoSize.Int64(PositionOffsetField, state.Position.Offset)
            + ProtoSize.Int64(PositionRevisionField, state.Position.Revision.Value)
            + ProtoSize.UInt64(ChainHashField, state.Position.ChainHash)
            + ProtoSize.Bytes(OpenIndexField, indexBytes);
        foreach (SegmentState segment in state.Segments)
        {
            size += ProtoSize.Message(SegmentField, Size(segment));
        }

        return size;
    }

    private static int Size(SegmentState segment) =>
        ProtoSize.UInt64(SegmentIdField, segment.Id)
        + ProtoSize.Int64(SegmentFirstMainField, segment.First.Main)
        + ProtoSize.Int64(SegmentFirstSubField, segment.First.Sub)
        + ProtoSize.Int64(SegmentLastField, segment.Last.Value)
        + ProtoSize.Int64(SegmentEndField, segment.End)
        + ProtoSize.Int64(SegmentDeadField, segment.DeadBytes);

    private static bool TryDecodeSegment(ReadOnlySpan<byte> message, ImmutableArray<SegmentState>.Builder segments)
    {
        ulong id = 0;
        long main = 0, sub = 0, last = 0, end = 0, dead = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case SegmentIdField: id = reader.ReadUInt64(); break;
                case SegmentFirstMainField: main = reader.ReadInt64(); break;
                case SegmentFirstSubField: sub = reader.ReadInt64(); break;
                case SegmentLastField: last = reader.ReadInt64(); break;
                case SegmentEndField: end = reader.ReadInt64(); break;
                case SegmentDeadField: dead = reader.ReadInt64(); break;
                default: reader.Skip(); break;
            }
        }

        if (reader.Malformed || sub is < 0 or > int.MaxValue || end is < 0 or > int.MaxValue)
        {
            return false;
        }

        segments.Add(new SegmentState(id, new ChangeRevision(main, (int)sub), new Revision(last), (int)end, dead));
        return true;
    }
}
