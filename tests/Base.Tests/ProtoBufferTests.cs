using Keelson.Base.Codec;

namespace Keelson.Base.Tests;

/// <summary>A buffer with a limit never fails its writer, and holds no more than it may.</summary>
public sealed class ProtoBufferTests
{
    private const int LimitBytes = 10_000;

    [Test]
    public void Write_UpToTheLimit_IsKept()
    {
        var buffer = new ProtoBuffer();
        buffer.GiveUpAbove(LimitBytes);
        buffer.GetSpan(LimitBytes);
        buffer.Advance(LimitBytes);
        Assert.Multiple(() =>
        {
            Assert.That(buffer.IsOverflown, Is.False);
            Assert.That(buffer.Written.Length, Is.EqualTo(LimitBytes));
        });
    }

    // The pool's arrays are powers of two: memory beyond the limit is there and must not count.
    [TestCase(LimitBytes)]
    [TestCase(100)]
    public void Write_BeyondTheLimit_IsGivenUp_HoweverMuchFollows(int firstBytes)
    {
        var buffer = new ProtoBuffer();
        buffer.GiveUpAbove(LimitBytes);
        buffer.GetSpan(firstBytes);
        buffer.Advance(firstBytes);
        int outer = buffer.BeginMessage(1);
        int inner = buffer.BeginMessage(2);
        long written = firstBytes;
        for (int value = 0; value < 1000; value++)
        {
            buffer.Message(3, new byte[value]);
            buffer.Int64(4, value);
            written += value;
            Assert.That(buffer.IsOverflown || written <= LimitBytes, Is.True);
        }

        buffer.EndMessage(inner);
        buffer.EndMessage(outer);
        Assert.Multiple(() =>
        {
            Assert.That(buffer.IsOverflown, Is.True);
            Assert.That(buffer.Length, Is.LessThan(2 * LimitBytes), "an array of the pool is reused from its start");
        });
    }

    [Test]
    public void Clear_GivenUp_IsAsNew()
    {
        var buffer = new ProtoBuffer();
        buffer.GiveUpAbove(10);
        buffer.Bytes(1, new byte[100]);
        buffer.Clear();
        buffer.Bytes(1, new byte[2 * LimitBytes]);
        Assert.Multiple(() =>
        {
            Assert.That(buffer.IsOverflown, Is.False);
            Assert.That(buffer.Length, Is.GreaterThan(2 * LimitBytes));
        });
    }
}
