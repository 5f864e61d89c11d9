using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Base.Tests;

public sealed class Crc32CTests
{
    // Values from RFC 3720 appendix B.4 and the check value of the CRC catalogue.
    [TestCase("123456789", 0xE3069283u)]
    [TestCase("", 0u)]
    public void Compute_KnownText_GivesPublishedValue(string text, uint expected)
    {
        Assert.That(Crc32C.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));
    }

    [Test]
    public void Compute_ThirtyTwoZeroBytes_GivesPublishedValue()
    {
        Assert.That(Crc32C.Compute(new byte[32]), Is.EqualTo(0x8A9136AAu));
    }

    [FsCheck.NUnit.Property]
    public bool Compute_AnyBytes_EqualsBytewiseDefinition(byte[] bytes) =>
        Crc32C.Compute(bytes) == Crc32C.ComputeBytewise(bytes);

    [FsCheck.NUnit.Property]
    public bool Append_InTwoParts_EqualsWhole(byte[] first, byte[] second) =>
        Crc32C.Append(Crc32C.Compute(first), second) == Crc32C.Compute([.. first, .. second]);
}
