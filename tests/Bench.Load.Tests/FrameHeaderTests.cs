using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Tests;

public sealed class FrameHeaderTests
{
    [FsCheck.NUnit.Property]
    public bool Write_AnyHeader_ReadsBackEqual(uint length, byte type, byte flags, uint stream)
    {
        FrameHeader header = new((int)(length & FrameHeader.LengthMax), (FrameType)type, (FrameFlags)flags,
            (int)(stream & int.MaxValue));
        byte[] bytes = new byte[FrameHeader.Bytes];
        header.Write(bytes);
        return FrameHeader.TryRead(bytes, out FrameHeader read) && read == header;
    }

    // RFC 9113, section 4.1: 24-bit length, type, flags, one reserved bit, 31-bit stream.
    [Test]
    public void TryRead_KnownBytes_GivesFieldsAndIgnoresTheReservedBit()
    {
        byte[] bytes = [0x01, 0x02, 0x03, 0x01, 0x05, 0x80, 0x00, 0x00, 0x07];
        Assert.That(FrameHeader.TryRead(bytes, out FrameHeader header), Is.True);
        Assert.That(header, Is.EqualTo(new FrameHeader(0x010203, FrameType.Headers,
            FrameFlags.EndStream | FrameFlags.EndHeaders, 7)));
    }

    [Test]
    public void TryRead_EightBytes_Refuses()
    {
        Assert.That(FrameHeader.TryRead(new byte[FrameHeader.Bytes - 1], out _), Is.False);
    }

    // The same bit means ACK on other frames.
    [TestCase(0, true)]
    [TestCase(1, true)]
    [TestCase(4, false)]
    [TestCase(6, false)]
    public void EndsStream_FlagOnFrame_DependsOnType(int type, bool ends)
    {
        Assert.That(new FrameHeader(0, (FrameType)type, FrameFlags.EndStream, 1).EndsStream, Is.EqualTo(ends));
    }
}
