using System.Buffers.Binary;
using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Checkpoint;

/// <summary>
/// One root slot's content: everything that is replicated, as of one applied index, and this member's tables of
/// segments. Whole or not at all: a slot whose checksums do not fit is no root.
/// </summary>
internal sealed record RootRecord
{
    /// <summary>Counts checkpoints; the valid slot with the higher one counts.</summary>
    public required long Sequence { get; init; }

    /// <summary>The replicated facts; its tree roots are set only after the trees were opened.</summary>
    public required StoreState State { get; init; }

    /// <summary>Keys, leases, lease keys, lease deadlines, settings.</summary>
    public required IReadOnlyList<SavedTree> Trees { get; init; }

    /// <summary>The encoded HistoryState.</summary>
    public required ReadOnlyMemory<byte> History { get; init; }

    /// <summary>The encoded table of tree segments.</summary>
    public required ReadOnlyMemory<byte> TreeSegments { get; init; }

    public byte[] Encode()
    {
        Invariant.Require(Trees.Count == RootLayout.TreeCount);
        int bodyLength = RootLayout.BodyFixedBytes + History.Length + TreeSegments.Length;
        Invariant.Require(bodyLength <= RootLayout.BodyBytesMax);
        var bytes = new byte[RootLayout.HeaderBytes + bodyLength];
        Span<byte> body = bytes.AsSpan(RootLayout.HeaderBytes);
        WriteState(body);
        WriteTrees(body);
        History.Span.CopyTo(body[RootLayout.BodyFixedBytes..]);
        TreeSegments.Span.CopyTo(body[(RootLayout.BodyFixedBytes + History.Length)..]);
        WriteHeader(bytes, body);
        return bytes;
    }

    /// <summary>Reads a slot; null when it holds no whole root. Never throws on damage.</summary>
    public static RootRecord? TryDecode(ReadOnlyMemory<byte> slot)
    {
        if (!TryReadBody(slot.Span, out long sequence, out int bodyLength))
        {
            return null;
        }

        ReadOnlyMemory<byte> body = slot.Slice(RootLayout.HeaderBytes, bodyLength);
        ReadOnlySpan<byte> span = body.Span;
        int historyLength = BinaryPrimitives.ReadInt32LittleEndian(span[RootLayout.HistoryLengthOffset..]);
        int segmentsLength = BinaryPrimitives.ReadInt32LittleEndian(span[RootLayout.TreeSegmentsLengthOffset..]);
        int tables = bodyLength - RootLayout.BodyFixedBytes;
        if (historyLength < 0 || historyLength > tables || segmentsLength != tables - historyLength)
        {
            return null;
        }

        return new RootRecord
        {
            Sequence = sequence,
            State = ReadState(span),
            Trees = ReadTrees(span),
            History = body.Slice(RootLayout.BodyFixedBytes, historyLength),
            TreeSegments = body.Slice(RootLayout.BodyFixedBytes + historyLength, segmentsLength),
        };
    }

    /// <summary>The state with its trees opened: only their topmost pages are read.</summary>
    /// <exception cref="StoreDamageException">A page that the root names is damaged.</exception>
    public StoreState OpenTrees(PageStore pages)
    {
        pages.LoadSegments(DecodeTreeSegments());
        return State with
        {
            Keys = Open(pages, 0),
            Leases = Open(pages, 1),
            LeaseKeys = Open(pages, 2),
            LeaseDeadlines = Open(pages, 3),
            Settings = Open(pages, 4),
        };
    }

    /// <summary>The history's part.</summary>
    /// <exception cref="StoreDamageException">
    /// The root passed its checksum, yet this part is none: another version wrote it.
    /// </exception>
    public HistoryState DecodeHistory() =>
        HistoryStateCodec.TryDecode(History.Span, out HistoryState state)
            ? state
            : throw NotOurs("a table of history segments");

    /// <summary>All files that this root needs.</summary>
    public IEnumerable<string> FileNames() =>
        DecodeHistory().FileNames.Concat(DecodeTreeSegments().Select(static segment => segment.FileName));

    /// <summary>True when a page in this segment belongs to the root's trees.</summary>
    public bool Reaches(TreeSegment segment) =>
        DecodeTreeSegments().Any(each => each.Number == segment.Number && each.LiveBytes > 0);

    /// <summary>
    /// True for the kinds of files that a root names: without a root that does, such a file is superfluous.
    /// </summary>
    public static bool MayName(string fileName) =>
        fileName.StartsWith("history-", StringComparison.Ordinal)
        || fileName.StartsWith("tree-", StringComparison.Ordinal);

    /// <summary>The trees' part.</summary>
    /// <exception cref="StoreDamageException">As for <see cref="DecodeHistory"/>.</exception>
    public IReadOnlyList<TreeSegment> DecodeTreeSegments() =>
        TreeSegment.TryDecode(TreeSegments.Span, out IReadOnlyList<TreeSegment> segments)
            ? segments
            : throw NotOurs("a table of tree segments");

    private StoreDamageException NotOurs(string expected) =>
        new(RootSlots.FileName(Sequence), 0, expected, "bytes of another version");

    private TreeRoot Open(PageStore pages, int index) =>
        pages.Load(Trees[index].Address, Trees[index].LiveCount, Trees[index].EntryCount);

    private void WriteState(Span<byte> body)
    {
        BinaryPrimitives.WriteInt64LittleEndian(body[RootLayout.RevisionOffset..], State.Revision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[RootLayout.CompactRevisionOffset..], State.CompactRevision);
        BinaryPrimitives.WriteInt64LittleEndian(body[RootLayout.AppliedIndexOffset..], State.AppliedIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[RootLayout.AppliedTermOffset..], State.AppliedTerm.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[RootLayout.ClusterTimeOffset..], State.ClusterTimeMilliseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(body[RootLayout.ChainHashOffset..], State.ChainHash);
        BinaryPrimitives.WriteInt32LittleEndian(body[RootLayout.AlarmsOffset..], (int)State.Alarms);
        BinaryPrimitives.WriteInt32LittleEndian(body[RootLayout.HistoryLengthOffset..], History.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body[RootLayout.TreeSegmentsLengthOffset..], TreeSegments.Length);
    }

    private void WriteTrees(Span<byte> body)
    {
        for (int index = 0; index < Trees.Count; index++)
        {
            Span<byte> tree = body[(RootLayout.TreesOffset + (index * RootLayout.TreeBytes))..];
            Trees[index].Address.Write(tree[RootLayout.TreeAddressOffset..]);
            BinaryPrimitives.WriteInt64LittleEndian(tree[RootLayout.TreeLiveCountOffset..], Trees[index].LiveCount);
            BinaryPrimitives.WriteInt64LittleEndian(tree[RootLayout.TreeEntryCountOffset..], Trees[index].EntryCount);
        }
    }

    private void WriteHeader(Span<byte> bytes, ReadOnlySpan<byte> body)
    {
        RootLayout.Magic.CopyTo(bytes[RootLayout.MagicOffset..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[RootLayout.VersionOffset..], RootLayout.Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[RootLayout.BodyLengthOffset..], body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[RootLayout.SequenceOffset..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[RootLayout.BodyChecksumOffset..], Crc32C.Compute(body));
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes[RootLayout.HeaderChecksumOffset..], Crc32C.Compute(bytes[..RootLayout.HeaderChecksumOffset]));
    }

    private static bool TryReadBody(ReadOnlySpan<byte> slot, out long sequence, out int bodyLength)
    {
        sequence = 0;
        bodyLength = 0;
        if (slot.Length < RootLayout.HeaderBytes
            || !slot[..RootLayout.Magic.Length].SequenceEqual(RootLayout.Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[RootLayout.HeaderChecksumOffset..])
                != Crc32C.Compute(slot[..RootLayout.HeaderChecksumOffset])
            || BinaryPrimitives.ReadInt32LittleEndian(slot[RootLayout.VersionOffset..]) != RootLayout.Version)
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadInt64LittleEndian(slot[RootLayout.SequenceOffset..]);
        bodyLength = BinaryPrimitives.ReadInt32LittleEndian(slot[RootLayout.BodyLengthOffset..]);
        return bodyLength >= RootLayout.BodyFixedBytes
            && bodyLength <= slot.Length - RootLayout.HeaderBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(slot[RootLayout.BodyChecksumOffset..])
                == Crc32C.Compute(slot.Slice(RootLayout.HeaderBytes, bodyLength));
    }

    private static StoreState ReadState(ReadOnlySpan<byte> body) => new()
    {
        Revision = new Revision(BinaryPrimitives.ReadInt64LittleEndian(body[RootLayout.RevisionOffset..])),
        CompactRevision = BinaryPrimitives.ReadInt64LittleEndian(body[RootLayout.CompactRevisionOffset..]),
        AppliedIndex = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(body[RootLayout.AppliedIndexOffset..])),
        AppliedTerm = new Term(BinaryPrimitives.ReadInt64LittleEndian(body[RootLayout.AppliedTermOffset..])),
        ClusterTimeMilliseconds = BinaryPrimitives.ReadInt64LittleEndian(body[RootLayout.ClusterTimeOffset..]),
        ChainHash = BinaryPrimitives.ReadUInt64LittleEndian(body[RootLayout.ChainHashOffset..]),
        Alarms = (AlarmFlags)BinaryPrimitives.ReadInt32LittleEndian(body[RootLayout.AlarmsOffset..]),
    };

    private static SavedTree[] ReadTrees(ReadOnlySpan<byte> body)
    {
        var trees = new SavedTree[RootLayout.TreeCount];
        for (int index = 0; index < trees.Length; index++)
        {
            ReadOnlySpan<byte> tree = body[(RootLayout.TreesOffset + (index * RootLayout.TreeBytes))..];
            trees[index] = new SavedTree(
                PageAddress.Read(tree[RootLayout.TreeAddressOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(tree[RootLayout.TreeLiveCountOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(tree[RootLayout.TreeEntryCountOffset..]));
        }

        return trees;
    }
}
