using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Base.Tests;

public sealed class Hash64Tests
{
    // Published XXH64 values with seed 0.
    [TestCase("", 0xEF46DB3751D8E999UL)]
    [TestCase("a", 0xD24EC4F1A98C6E5BUL)]
    [TestCase("abc", 0x44BC2CF5AD770999UL)]
    [TestCase("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1UL)]
    public void Compute_KnownText_GivesPublishedValue(string text, ulong expected)
    {
        Assert.That(Hash64.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));
    }

    [FsCheck.NUnit.Property]
    public bool Compute_OneByteChanged_ChangesHash(byte[] bytes, int at)
    {
        if (bytes.Length == 0)
        {
            return true;
        }

        byte[] changed = [.. bytes];
        changed[Math.Abs(at % bytes.Length)] ^= 1;
        return Hash64.Compute(bytes) != Hash64.Compute(changed);
    }
}
