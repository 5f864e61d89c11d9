using Keelson.Base.Codec;

namespace Keelson.Base.Tests;

public sealed class ProtoCodecTests
{
    // The example of the protobuf encoding guide: field 1 = 150 is 08 96 01.
    [Test]
    public void Writer_Field1Is150_WritesGuideExample()
    {
        var bytes = new byte[3];
        var writer = new ProtoWriter(bytes);
        writer.UInt64(1, 150);
        Assert.That(bytes, Is.EqualTo(new byte[] { 0x08, 0x96, 0x01 }));
    }

    [FsCheck.NUnit.Property]
    public bool Writer_AnyFields_ReadBackEqualAndSizedExactly(long number, byte[] bytes, bool flag)
    {
        int size = ProtoSize.Int64(1, number) + ProtoSize.Bytes(64, bytes.Length) + ProtoSize.Bool(3, flag);
        var message = new byte[size];
        var writer = new ProtoWriter(message);
        writer.Int64(1, number);
        writer.Bytes(64, bytes);
        writer.Bool(3, flag);

        (long Number, byte[] Bytes, bool Flag) read = (0, [], false);
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    read.Number = reader.ReadInt64();
                    break;
                case 64:
                    read.Bytes = reader.ReadBytes().ToArray();
                    break;
                default:
                    read.Flag = reader.ReadBool();
                    break;
            }
        }

        return writer.Position == size && !reader.Malformed
            && read.Number == number && read.Bytes.SequenceEqual(bytes) && read.Flag == flag;
    }

    [FsCheck.NUnit.Property]
    public bool Varint_AnyValue_HasComputedSize(ulong value)
    {
        var writer = new ProtoWriter(new byte[ProtoSize.VarintBytesMax]);
        writer.Varint(value);
        return writer.Position == ProtoSize.Varint(value);
    }

    [TestCase("08", TestName = "Reader_TagWithoutValue_IsMalformed")]
    [TestCase("0AFFFFFFFF0F", TestName = "Reader_LengthBeyondMessage_IsMalformed")]
    [TestCase("08FFFFFFFFFFFFFFFFFF02", TestName = "Reader_VarintOver64Bits_IsMalformed")]
    [TestCase("0001", TestName = "Reader_FieldZero_IsMalformed")]
    [TestCase("0C", TestName = "Reader_EndGroupAlone_IsMalformed")]
    [TestCase("0B14", TestName = "Reader_GroupEndedByOtherField_IsMalformed")]
    [TestCase("0B00010C", TestName = "Reader_FieldZeroInGroup_IsMalformed")]
    [TestCase("0F", TestName = "Reader_UnknownWireType_IsMalformed")]
    public void Reader_Damage_IsMalformed(string hex)
    {
        var reader = new ProtoReader(Convert.FromHexString(hex));
        while (reader.Next())
        {
            reader.Skip();
        }

        Assert.That(reader.Malformed, Is.True);
    }

    [Test]
    public void Reader_GroupsNestedBeyondLimit_IsMalformed()
    {
        var reader = new ProtoReader(Enumerable.Repeat((byte)0x0B, 100_000).ToArray());
        reader.Next();
        reader.Skip();
        Assert.That(reader.Malformed, Is.True);
    }

    [FsCheck.NUnit.Property]
    public bool Reader_AnyBytes_Terminates(byte[] bytes)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            reader.Skip();
        }

        return reader.Malformed || reader.Position == bytes.Length;
    }
}
