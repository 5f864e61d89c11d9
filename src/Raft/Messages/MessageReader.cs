using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft.Messages;

/// <summary>Takes a message apart, in the order of the format; ends at the first thing that no message has.</summary>
internal static class MessageReader
{
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Message? message)
    {
        message = null;
        if (bytes.Length < MessageLayout.HeaderBytes || !IsHeader(bytes.Span))
        {
            return false;
        }

        uint fields = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[MessageLayout.FieldsOffset..]);
        ReadOnlyMemory<byte> rest = bytes[MessageLayout.HeaderBytes..];
        Span<long> numbers = stackalloc long[MessageLayout.NumberFields];
        numbers.Clear();
        Configuration? configuration = null;
        Entry[] entries = [];
        bool isWhole = TryReadNumbers(fields, ref rest, numbers)
            && ((fields & MessageLayout.ConfigurationField) == 0 || TryReadConfiguration(ref rest, out configuration))
            && ((fields & MessageLayout.EntriesField) == 0 || TryReadEntries(ref rest, out entries))
            && rest.IsEmpty;
        if (isWhole)
        {
            message = Build(bytes.Span, numbers) with { Configuration = configuration, Entries = entries };
        }

        return isWhole;
    }

    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var kind = (MessageKind)header[MessageLayout.KindOffset];
        return header[MessageLayout.VersionOffset] == MessageLayout.Version
            && kind is > MessageKind.None and <= MessageKind.ForwardRefused
            && BinaryPrimitives.ReadUInt16LittleEndian(header[MessageLayout.FieldsOffset..]) <= MessageLayout.AllFields
            && BinaryPrimitives.ReadUInt64LittleEndian(header[MessageLayout.FromOffset..]) != 0
            && BinaryPrimitives.ReadUInt64LittleEndian(header[MessageLayout.ToOffset..]) != 0
            && BinaryPrimitives.ReadInt64LittleEndian(header[MessageLayout.TermOffset..]) >= 0;
    }

    private static Message Build(ReadOnlySpan<byte> header, ReadOnlySpan<long> numbers)
    {
        uint fields = BinaryPrimitives.ReadUInt16LittleEndian(header[MessageLayout.FieldsOffset..]);
        return new Message
        {
            Kind = (MessageKind)header[MessageLayout.KindOffset],
            From = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(header[MessageLayout.FromOffset..])),
            To = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(header[MessageLayout.ToOffset..])),
            Term = new Term(BinaryPrimitives.ReadInt64LittleEndian(header[MessageLayout.TermOffset..])),
            Previous = new EntryId(new LogIndex(numbers[0]), new Term(numbers[1])),
            Commit = new LogIndex(numbers[2]),
            Index = new LogIndex(numbers[3]),
            Hint = new EntryId(new LogIndex(numbers[4]), new Term(numbers[5])),
            Round = numbers[6],
            // The same bits under another sign.
            Incarnation = unchecked((ulong)numbers[7]),
            Rejected = (fields & MessageLayout.RejectedField) != 0,
            Forced = (fields & MessageLayout.ForcedField) != 0,
        };
    }

    // Zero is said by leaving the field out; only rounds and incarnations may have the highest bit.
    private static bool TryReadNumbers(uint fields, ref ReadOnlyMemory<byte> rest, Span<long> numbers)
    {
        for (int field = 0; field < numbers.Length; field++)
        {
            if ((fields & (1u << field)) == 0)
            {
                continue;
            }

            if (rest.Length < sizeof(long))
            {
                return false;
            }

            numbers[field] = BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
            bool isSigned = 1u << field is MessageLayout.RoundField or MessageLayout.IncarnationField;
            if (numbers[field] == 0 || (numbers[field] < 0 && !isSigned))
            {
                return false;
            }

            rest = rest[sizeof(long)..];
        }

        return true;
    }

    private static bool TryReadConfiguration(ref ReadOnlyMemory<byte> rest, out Configuration? configuration)
    {
        configuration = null;
        if (!TryReadCount(ref rest, 1, out int length)
            || !ConfigurationCodec.TryDecode(
                rest.Span[..length], out Configuration decoded, out ReadOnlySpan<byte> context)
            || !context.IsEmpty)
        {
            return false;
        }

        configuration = decoded;
        rest = rest[length..];
        return true;
    }

    private static bool TryReadEntries(ref ReadOnlyMemory<byte> rest, out Entry[] entries)
    {
        entries = [];
        if (!TryReadCount(ref rest, MessageLayout.EntryHeaderBytes, out int count) || count == 0)
        {
            return false;
        }

        entries = new Entry[count];
        for (int position = 0; position < count; position++)
        {
            if (!TryReadEntry(ref rest, out entries[position]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadEntry(ref ReadOnlyMemory<byte> rest, out Entry entry)
    {
        entry = default;
        ReadOnlySpan<byte> header = rest.Span;
        if (header.Length < MessageLayout.EntryHeaderBytes)
        {
            return false;
        }

        long index = BinaryPrimitives.ReadInt64LittleEndian(header[MessageLayout.EntryIndexOffset..]);
        long term = BinaryPrimitives.ReadInt64LittleEndian(header[MessageLayout.EntryTermOffset..]);
        var kind = (EntryKind)BinaryPrimitives.ReadInt32LittleEndian(header[MessageLayout.EntryKindOffset..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[MessageLayout.EntryPayloadLengthOffset..]);
        rest = rest[MessageLayout.EntryHeaderBytes..];
        if (index < 0 || term < 0 || kind is not (EntryKind.Normal or EntryKind.Configuration)
            || length < 0 || length > rest.Length)
        {
            return false;
        }

        entry = new Entry(new LogIndex(index), new Term(term), kind, rest[..length]);
        rest = rest[length..];
        return true;
    }

    /// <summary>A count of things that take at least so many bytes each: no more than there can be.</summary>
    private static bool TryReadCount(ref ReadOnlyMemory<byte> rest, int bytesEach, out int count)
    {
        count = 0;
        if (rest.Length < MessageLayout.CountBytes)
        {
            return false;
        }

        count = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[MessageLayout.CountBytes..];
        return count >= 0 && count <= rest.Length / bytesEach;
    }
}
