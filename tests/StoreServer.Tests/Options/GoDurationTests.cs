using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Tests.Options;

/// <summary>Cases of Go's time package (time_test.go, TestParseDuration).</summary>
internal sealed class GoDurationTests
{
    [TestCase("0", 0)]
    [TestCase("5s", 5_000)]
    [TestCase("30s", 30_000)]
    [TestCase("1478s", 1_478_000)]
    [TestCase("-5s", -5_000)]
    [TestCase("+5s", 5_000)]
    [TestCase("5.0s", 5_000)]
    [TestCase("5.s", 5_000)]
    [TestCase(".5s", 500)]
    [TestCase("1.004s", 1_004)]
    [TestCase("12ms", 12)]
    [TestCase("3h30m", 12_600_000)]
    [TestCase("1m0.5s", 60_500)]
    [TestCase("10000us", 10)]
    [TestCase("10000µs", 10)]
    [TestCase("10000μs", 10)]
    [TestCase("5000000000ns", 5_000)]
    public void Text_Valid_IsRead(string text, long milliseconds)
    {
        Assert.That(GoDuration.TryParse(text, out TimeSpan duration), Is.True);
        Assert.That(duration, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [TestCase("")]
    [TestCase("3")]
    [TestCase("-")]
    [TestCase("s")]
    [TestCase(".")]
    [TestCase(".s")]
    [TestCase("1x")]
    [TestCase("1s ")]
    [TestCase("3000000h")]
    [TestCase("99999999999999999999999999h")]
    [TestCase("1.2.3s")]
    public void Text_Invalid_IsRefused(string text) => Assert.That(GoDuration.TryParse(text, out _), Is.False);

    [FsCheck.NUnit.Property]
    public bool Text_Any_IsRefusedOrRead(string? text) =>
        GoDuration.TryParse(text ?? "", out TimeSpan duration) || duration == TimeSpan.Zero;
}
