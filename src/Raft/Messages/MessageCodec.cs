using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft.Messages;

/// <summary>
/// Messages as bytes (docs/formats/raft-message.md). Every message has exactly one encoding; counts and lengths are
/// believed only as far as there are bytes.
/// </summary>
public static class MessageCodec
{
    /// <summary>What <see cref="Write"/> needs.</summary>
    public static int Size(Message message)
    {
        Span<long> numbers = stackalloc long[MessageLayout.NumberFields];
        int size = MessageLayout.HeaderBytes + (BitOperations.PopCount(Numbers(message, numbers)) * sizeof(long));
        if (message.Configuration is { } configuration)
        {
            size += MessageLayout.CountBytes + ConfigurationCodec.Size(configuration);
        }

        if (message.Entries.Count > 0)
        {
            size += MessageLayout.CountBytes;
        }

        foreach (Entry entry in message.Entries)
        {
            size += MessageLayout.EntryHeaderBytes + entry.Payload.Length;
        }

        return size;
    }

    /// <summary>Writes the message, for which there must be room, and returns its size.</summary>
    public static int Write(Message message, Span<byte> destination)
    {
        Span<long> numbers = stackalloc long[MessageLayout.NumberFields];
        uint fields = Numbers(message, numbers);
        fields |= message.Rejected ? MessageLayout.RejectedField : 0u;
        fields |= message.Forced ? MessageLayout.ForcedField : 0u;
        fields |= message.Configuration is null ? 0u : MessageLayout.ConfigurationField;
        fields |= message.Entries.Count == 0 ? 0u : MessageLayout.EntriesField;
        destination[MessageLayout.VersionOffset] = MessageLayout.Version;
        destination[MessageLayout.KindOffset] = (byte)message.Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[MessageLayout.FieldsOffset..], (ushort)fields);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[MessageLayout.FromOffset..], message.From.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[MessageLayout.ToOffset..], message.To.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[MessageLayout.TermOffset..], message.Term.Value);
        Span<byte> rest = destination[MessageLayout.HeaderBytes..];
        foreach (long number in numbers)
        {
            if (number != 0)
            {
                BinaryPrimitives.WriteInt64LittleEndian(rest, number);
                rest = rest[sizeof(long)..];
            }
        }

        rest = WriteConfiguration(message.Configuration, rest);
        rest = WriteEntries(message.Entries, rest);
        return destination.Length - rest.Length;
    }

    /// <summary>
    /// False for bytes that no message has. The entries' payloads are parts of <paramref name="bytes"/>, not copies.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Message? message) =>
        MessageReader.TryRead(bytes, out message);

    /// <summary>The numbers in the order of their fields, and which of them are not zero.</summary>
    private static uint Numbers(Message message, Span<long> numbers)
    {
        numbers[0] = message.Previous.Index.Value;
        numbers[1] = message.Previous.Term.Value;
        numbers[2] = message.Commit.Value;
        numbers[3] = message.Index.Value;
        numbers[4] = message.Hint.Index.Value;
        numbers[5] = message.Hint.Term.Value;
        numbers[6] = message.Round;
        // The same bits under another sign.
        numbers[7] = unchecked((long)message.Incarnation);
        uint fields = 0;
        for (int field = 0; field < numbers.Length; field++)
        {
            fields |= numbers[field] == 0 ? 0u : 1u << field;
        }

        return fields;
    }

    private static Span<byte> WriteConfiguration(Configuration? configuration, Span<byte> destination)
    {
        if (configuration is null)
        {
            return destination;
        }

        byte[] bytes = ConfigurationCodec.Encode(configuration, []);
        BinaryPrimitives.WriteInt32LittleEndian(destination, bytes.Length);
        bytes.CopyTo(destination[MessageLayout.CountBytes..]);
        return destination[(MessageLayout.CountBytes + bytes.Length)..];
    }

    private static Span<byte> WriteEntries(IReadOnlyList<Entry> entries, Span<byte> destination)
    {
        if (entries.Count == 0)
        {
            return destination;
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination, entries.Count);
        destination = destination[MessageLayout.CountBytes..];
        foreach (Entry entry in entries)
        {
            BinaryPrimitives.WriteInt64LittleEndian(destination[MessageLayout.EntryIndexOffset..], entry.Index.Value);
            BinaryPrimitives.WriteInt64LittleEndian(destination[MessageLayout.EntryTermOffset..], entry.Term.Value);
            BinaryPrimitives.WriteInt32LittleEndian(destination[MessageLayout.EntryKindOffset..], (int)entry.Kind);
            BinaryPrimitives.WriteInt32LittleEndian(
                destination[MessageLayout.EntryPayloadLengthOffset..], entry.Payload.Length);
            entry.Payload.Span.CopyTo(destination[MessageLayout.EntryHeaderBytes..]);
            destination = destination[(MessageLayout.EntryHeaderBytes + entry.Payload.Length)..];
        }

        return destination;
    }
}
