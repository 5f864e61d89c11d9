using Keelson.Base.Identity;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

public sealed class LogReclaimTests
{
    private static readonly LogSegment[] Segments =
    [
        new(1, new SequenceNumber(1), new LogIndex(0), 4096),
        new(2, new SequenceNumber(11), new LogIndex(9), 4096),
        new(3, new SequenceNumber(21), new LogIndex(18), 4096),
    ];

    [TestCase(8, 99, 0, TestName = "CountFree_EntryNotApplied_KeepsItsSegment")]
    [TestCase(9, 99, 1, TestName = "CountFree_AllOfOneApplied_FreesIt")]
    [TestCase(9, 10, 0, TestName = "CountFree_NextStartNotProven_KeepsTheSegmentBeforeIt")]
    [TestCase(18, 20, 1, TestName = "CountFree_SecondNextStartNotProven_FreesOnlyTheFirst")]
    [TestCase(1000, 99, 2, TestName = "CountFree_EverythingApplied_KeepsTheCurrentSegment")]
    public void CountFree(long olderApplied, long proven, int expected) =>
        Assert.That(
            LogReclaim.CountFree(Segments, new LogIndex(olderApplied), new SequenceNumber(proven)),
            Is.EqualTo(expected));
}
