using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Codec;

/// <summary>Messages as bytes; docs/formats/raft-message.md draws them.</summary>
public sealed class MessageCodecTests
{
    private static readonly Message Full = new()
    {
        Kind = MessageKind.Append,
        From = new MemberId(1),
        To = new MemberId(2),
        Term = new Term(3),
        Previous = new EntryId(new LogIndex(4), new Term(2)),
        Entries = [new Entry(new LogIndex(5), new Term(3), EntryKind.Normal, new byte[] { 7, 8 })],
        Configuration = Configuration.Of(new MemberId(1)),
    };

    [FsCheck.NUnit.Property]
    public bool Message_Any_ReadsBackTheSame(ulong seed)
    {
        Message message = new AnyMessage(seed).Next();
        return Wire.AreSame(message, Wire.Carry(message));
    }

    /// <summary>What arrives cut off, or with something behind it, is no message.</summary>
    [FsCheck.NUnit.Property(MaxTest = 30)]
    public bool Message_TooShortOrTooLong_IsRefused(ulong seed)
    {
        byte[] bytes = Wire.Write(new AnyMessage(seed).Next());
        return Enumerable.Range(0, bytes.Length).All(length => !IsRead(bytes[..length])) && !IsRead([.. bytes, 0]);
    }

    /// <summary>One encoding for each message: what is read is written as the same bytes.</summary>
    [FsCheck.NUnit.Property(MaxTest = 30)]
    public bool Message_WithAChangedByte_IsRefusedOrAnotherMessage(ulong seed)
    {
        byte[] bytes = Wire.Write(new AnyMessage(seed).Next());
        for (int position = 0; position < bytes.Length; position++)
        {
            foreach (byte change in new byte[] { 1, 0x80, 0xFF })
            {
                byte[] changed = [.. bytes];
                changed[position] ^= change;
                if (MessageCodec.TryRead(changed, out Message? message) && !Wire.Write(message).SequenceEqual(changed))
                {
                    return false;
                }
            }
        }

        return true;
    }

    [Test]
    public void Heartbeat_TakesItsHeaderAndTwoNumbers()
    {
        var heartbeat = new Message
        {
            Kind = MessageKind.Heartbeat,
            From = new MemberId(1),
            To = new MemberId(2),
            Term = new Term(3),
            Commit = new LogIndex(9),
            Round = 4,
        };
        Assert.That(Convert.ToHexString(Wire.Write(heartbeat)), Is.EqualTo(
            "01" + "07" + "4400" + "0100000000000000" + "0200000000000000" + "0300000000000000"
            + "0900000000000000" + "0400000000000000"));
    }

    [Test]
    public void Payload_IsPartOfTheBytes()
    {
        byte[] bytes = Wire.Write(Full);
        Assert.That(MessageCodec.TryRead(bytes, out Message? message), Is.True);
        Assert.That(MemoryMarshal.TryGetArray(message!.Entries[0].Payload, out ArraySegment<byte> segment), Is.True);
        Assert.That(segment.Array, Is.SameAs(bytes));
    }

    [TestCase(MessageLayout.VersionOffset, 0, TestName = "Version_0_IsRefused")]
    [TestCase(MessageLayout.VersionOffset, 2, TestName = "Version_2_IsRefused")]
    [TestCase(MessageLayout.KindOffset, 0, TestName = "Kind_0_IsRefused")]
    [TestCase(MessageLayout.KindOffset, 15, TestName = "Kind_15_IsRefused")]
    [TestCase(MessageLayout.FieldsOffset + 1, 0x1C, TestName = "Field_12_IsRefused")]
    [TestCase(MessageLayout.FromOffset, 0, TestName = "From_0_IsRefused")]
    [TestCase(MessageLayout.ToOffset, 0, TestName = "To_0_IsRefused")]
    [TestCase(MessageLayout.TermOffset + 7, 0x80, TestName = "Term_Negative_IsRefused")]
    [TestCase(MessageLayout.HeaderBytes, 0, TestName = "Number_ThereButZero_IsRefused")]
    [TestCase(MessageLayout.HeaderBytes + 7, 0x80, TestName = "Index_Negative_IsRefused")]
    public void Header_WithAnAbsurdValue_IsRefused(int offset, byte value)
    {
        byte[] bytes = Wire.Write(Full);
        bytes[offset] = value;
        Assert.That(IsRead(bytes), Is.False);
    }

    /// <summary>A count is believed only as far as there are bytes: nothing is allocated for it.</summary>
    [TestCase(0)]
    [TestCase(2)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void Entries_OfACountThatIsNotThere_AreRefused(int count)
    {
        byte[] bytes = Wire.Write(Full);
        int entry = MessageLayout.EntryHeaderBytes + 2;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - entry - MessageLayout.CountBytes), count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isRead = IsRead(bytes);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000));
        Assert.That(isRead, Is.False);
    }

    [TestCase(MessageLayout.EntryPayloadLengthOffset, 3)]
    [TestCase(MessageLayout.EntryPayloadLengthOffset, 1)]
    [TestCase(MessageLayout.EntryPayloadLengthOffset, -1)]
    [TestCase(MessageLayout.EntryPayloadLengthOffset, int.MaxValue)]
    [TestCase(MessageLayout.EntryKindOffset, 2)]
    [TestCase(MessageLayout.EntryKindOffset, -1)]
    [TestCase(MessageLayout.EntryIndexOffset + 4, -1)]
    [TestCase(MessageLayout.EntryTermOffset + 4, -1)]
    public void Entry_WithAnAbsurdValue_IsRefused(int offset, int value)
    {
        byte[] bytes = Wire.Write(Full);
        int entry = bytes.Length - MessageLayout.EntryHeaderBytes - 2;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(entry + offset), value);
        Assert.That(IsRead(bytes), Is.False);
    }

    [Test]
    public void Configuration_WithSomethingBehindIt_IsRefused()
    {
        byte[] bytes = Wire.Write(Full with { Entries = [] });
        int length = MessageLayout.HeaderBytes + (2 * sizeof(long));
        byte[] longer = [.. bytes, 1];
        longer[length]++;
        Assert.That(IsRead(bytes), Is.True);
        Assert.That(IsRead(longer), Is.False);
    }

    private static bool IsRead(byte[] bytes) => MessageCodec.TryRead(bytes, out _);
}
