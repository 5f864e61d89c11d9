using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Tests;

public sealed class GrpcTextTests
{
    [TestCase("1H", 3600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("3S", 3_000)]
    [TestCase("99999999m", 99_999_999)]
    [TestCase("5000u", 5)]
    [TestCase("2000000n", 2)]
    public void Timeout_EachUnit_IsParsed(string text, long milliseconds)
    {
        bool isValid = GrpcTimeout.TryParse(text, out TimeSpan timeout);
        Assert.That((isValid, timeout), Is.EqualTo((true, TimeSpan.FromMilliseconds(milliseconds))));
    }

    [Test]
    public void Timeout_LongestTimeSpan_IsSentAsLongestTimeout() =>
        Assert.That(GrpcTimeout.Format(TimeSpan.MaxValue), Is.EqualTo("99999999H"));

    [TestCase("")]
    [TestCase("m")]
    [TestCase("1")]
    [TestCase("1x")]
    [TestCase("-1S")]
    [TestCase("+1S")]
    [TestCase(" 1S")]
    [TestCase("123456789n")]
    public void Timeout_AgainstSpecification_IsRefused(string text) =>
        Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);

    [FsCheck.NUnit.Property]
    public bool Timeout_AnyFormatted_ParsesToNoLess(long ticks)
    {
        var timeout = new TimeSpan(Math.Abs(ticks % TimeSpan.MaxValue.Ticks));
        return GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan parsed)
            && parsed >= new TimeSpan(Math.Min(timeout.Ticks, 99_999_999 * TimeSpan.TicksPerHour))
            && parsed - timeout < TimeSpan.FromMinutes(60);
    }

    [FsCheck.NUnit.Property]
    public bool MessageText_AnyText_SurvivesAndIsPrintableAscii(string? text)
    {
        // Lone surrogates have no UTF-8 form; they become U+FFFD before they are sent.
        string clean = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? string.Empty));
        string encoded = GrpcMessageText.Encode(clean);
        return encoded.All(static letter => letter is >= ' ' and <= '~') && GrpcMessageText.Decode(encoded) == clean;
    }

    [TestCase("100%", "100%")]
    [TestCase("%zz", "%zz")]
    [TestCase("%4", "%4")]
    [TestCase("%41%", "A%")]
    public void MessageText_BadEscape_IsKept(string encoded, string text) =>
        Assert.That(GrpcMessageText.Decode(encoded), Is.EqualTo(text));
}
