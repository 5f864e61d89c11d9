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

    // strace(1): a call that another thread's call cuts in two ends in "<unfinished ...>" and is resumed later.
    [Test]
    public void SyncCounter_Lines_CountsSyncsAndDurableWritesOnly()
    {
        string[] lines =
        [
            "11 fdatasync(5) = 0",
            "11 pwrite64(6, \"\"..., 4096, 0) = 4096",
            "11 pwrite64(7, \"\"..., 4096, 0) = 4096",
            "12 pwritev2(5, [{iov_base=\"\"..., iov_len=512}], 1, 0, RWF_DSYNC) = 512",
            "12 pwritev2(5, [{iov_base=\"\"..., iov_len=512}], 1, 0, 0) = 512",
            "11 openat(AT_FDCWD, \"\"..., O_WRONLY|O_DSYNC|O_DIRECT|O_CLOEXEC <unfinished ...>",
            "12 fsync(9 <unfinished ...>",
            "11 <... openat resumed>) = 8",
            "12 <... fsync resumed>) = 0",
            "11 pwrite64(8, \"\"..., 4096, 0 <unfinished ...>",
            "11 <... pwrite64 resumed>) = 4096",
            "11 close(8) = 0",
            "11 openat(AT_FDCWD, \"\"..., O_RDWR|O_CLOEXEC) = 8",
            "11 pwrite64(8, \"\"..., 4096, 0) = 4096",
            "11 openat(AT_FDCWD, \"\"..., O_RDONLY|O_SYNC) = -1 ENOENT (No such file or directory)",
            "11 +++ exited with 0 +++",
        ];
        SyncCounter counter = new([6]);
        foreach (string line in lines)
        {
            counter.Add(line);
        }

        Assert.That(counter.Count, Is.EqualTo(5), "fdatasync, to 6, with RWF_DSYNC, fsync, to 8 while it was durable");
    }

    // open(2): O_DSYNC is 010000, O_SYNC 04010000.
    [TestCase("pos:\t0\nflags:\t02110002\nmnt_id:\t9\n", true)]
    [TestCase("pos:\t0\nflags:\t0100002\nmnt_id:\t9\n", false)]
    [TestCase("", false)]
    public void SyncTrace_Fdinfo_TellsDurableDescriptors(string text, bool durable)
    {
        Assert.That(SyncTrace.IsDurable(text), Is.EqualTo(durable));
    }

    [TestCase("/", "8:1")]
    [TestCase("/data/store", "8:2")]
    [TestCase("/data", "8:2")]
    [TestCase("/database", "8:1")]
    [TestCase("/data/memory/x", "0:30")]
    public void BlockDevice_Mounts_FindsTheInnermost(string folder, string number)
    {
        string[] mounts =
        [
            "22 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "23 22 8:2 / /data rw,noatime shared:1 - ext4 /dev/sda2 rw",
            "24 23 0:30 / /data/memory rw - tmpfs tmpfs rw",
        ];
        Assert.That(BlockDevice.FindNumber(mounts, folder), Is.EqualTo(number));
    }

    [Test]
    public void BlockDevice_Stat_GivesBytesWritten()
    {
        const string stat = "  10 0 80 5 200 30 4000 70 0 40 75 0 0 0 0\n";
        Assert.That(BlockDevice.ParseWrittenBytes(stat), Is.EqualTo(4000 * 512));
    }

    [TestCase("a_count 7\na 1\n", "a", 1)]
    [TestCase("a 1.795e+09\n", "a", 1.795e9)]
    [TestCase("a{b=\"c\"} 1\n", "a", null)]
    public void Metric_Text_GivesSampleWithoutLabels(string text, string name, double? value)
    {
        Assert.That(DurabilitySample.ParseMetric(text, name), Is.EqualTo(value));
    }
}
