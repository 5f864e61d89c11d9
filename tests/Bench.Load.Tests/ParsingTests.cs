using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Servers;

namespace Keelson.Bench.Load.Tests;

public sealed class ParsingTests
{
    [TestCase("4x16", 4, 16)]
    [TestCase("1x1", 1, 1)]
    [TestCase("256x96", 256, 96)]
    public void Shape_Known_IsRead(string text, int connections, int inFlight)
    {
        Assert.That(Shape.TryParse(text, out Shape shape), Is.True);
        Assert.That(shape, Is.EqualTo(new Shape(connections, inFlight)));
        Assert.That(shape.ToString(), Is.EqualTo(text));
    }

    [TestCase("")]
    [TestCase("4")]
    [TestCase("x")]
    [TestCase("0x1")]
    [TestCase("1x97")]
    [TestCase("257x1")]
    [TestCase("-1x1")]
    [TestCase("4x16x2")]
    [TestCase("99999999999x1")]
    public void Shape_Malformed_IsRefused(string text)
    {
        Assert.That(Shape.TryParse(text, out _), Is.False);
    }

    // proc(5): utime and stime are fields 14 and 15; the name may hold anything.
    [Test]
    public void ProcessStat_NameWithBracketsAndBlanks_GivesTimes()
    {
        const string text = "123 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0";
        Assert.That(ProcessSample.ParseStat(text), Is.EqualTo((2.5, 0.5)));
    }

    [TestCase("VmRSS:\t  9 kB\nRssAnon:\t   1234 kB\n", "RssAnon:", 1234)]
    [TestCase("wchar: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n", "write_bytes:", 4096)]
    [TestCase("nothing here", "RssAnon:", 0)]
    public void ProcessField_Text_GivesNumber(string text, string label, long number)
    {
        Assert.That(ProcessSample.ParseField(text, label), Is.EqualTo(number));
    }

    [Test]
    public void SyncTrace_Summary_AddsCallsWithoutTheTotal()
    {
        const string summary = """
            % time     seconds  usecs/call     calls    errors syscall
            ------ ----------- ----------- --------- --------- ----------------
             75.00    0.300000         300      1000           fdatasync
             25.00    0.100000         200       500        12 pwritev2
            ------ ----------- ----------- --------- --------- ----------------
            100.00    0.400000         266      1500        12 total
            """;
        Assert.That(SyncTrace.ParseCalls(summary), Is.EqualTo(1500));
    }
}
