using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

/// <summary>The chain computed anew: a missing frame shows, but not where reclaim may have left it out.</summary>
public sealed class HistoryChainTests
{
    private readonly List<(byte[] Frame, HistorySegment Segment)> _frames = [];
    private ulong _hash;

    [SetUp]
    public void Clear()
    {
        _frames.Clear();
        _hash = 0;
    }

    [Test]
    public void Add_WholeBatchesOverSegments_AreChecked()
    {
        HistorySegment first = Segment(1, closed: true);
        HistorySegment second = Segment(2, closed: false);
        Batch(1, first, 2);
        Batch(2, first, 3, 4);
        Batch(3, second, 5);
        HistoryChain chain = Run(out List<string> faults);
        Assert.That(faults, Is.Empty);
        Assert.That((chain.Checked, chain.Skipped), Is.EqualTo((2, 1)));
    }

    [Test]
    public void Add_FrameMissingInsideASegment_Shows()
    {
        HistorySegment segment = Segment(1, closed: false);
        Batch(1, segment, 2);
        Batch(2, segment, 3, 4);
        _frames.RemoveAt(2);
        Run(out List<string> faults);
        Assert.That(faults, Has.Count.EqualTo(1).And.Some.Contains("entry 2").And.Some.Contains("chain hash"));
    }

    [Test]
    public void Add_BatchMissingInsideASegment_Shows()
    {
        HistorySegment segment = Segment(1, closed: false);
        Batch(1, segment, 2);
        Batch(2, segment, 3);
        Batch(3, segment, 4);
        _frames.RemoveRange(2, 2);
        Run(out List<string> faults);
        Assert.That(faults, Has.Count.EqualTo(1).And.Some.Contains("expected the end of entry 2, found that of 3"));
    }

    // Reclaim at compact revision 4 drops a dead change at 3 and keeps the batch end at 4, the copy's last revision.
    [Test]
    public void Add_FrameMissingAtTheStartOfACopy_IsSkipped()
    {
        HistorySegment first = Segment(1, closed: true);
        HistorySegment copy = Segment(3, closed: true);
        Batch(1, first, 2);
        Batch(2, copy, 3, 4);
        _frames.RemoveAt(2);
        HistoryChain chain = Run(out List<string> faults);
        Assert.That(faults, Is.Empty);
        Assert.That((chain.Checked, chain.Skipped), Is.EqualTo((0, 2)));
    }

    private static HistorySegment Segment(ulong id, bool closed) =>
        new(id, new ChangeRevision(2, 0)) { Last = new Revision(1), IsClosed = closed };

    /// <summary>One change at each revision, then the batch end.</summary>
    private void Batch(long index, HistorySegment segment, params ReadOnlySpan<long> revisions)
    {
        foreach (long revision in revisions)
        {
            byte[] frame = Frame(new ChangeRevision(revision, 0), HistoryFlags.None, [1, 2, 3]);
            _hash = Hash64.Compute(frame, _hash);
            _frames.Add((frame, segment));
            segment.Last = new Revision(revision);
        }

        var payload = new byte[HistoryFrameLayout.BatchEndBytes];
        new HistoryBatchEnd(new LogIndex(index), new Term(1), 0, 0).Write(payload);
        ChangeRevision end = ChangeRevision.LastOf(segment.Last);
        byte[] ending = Frame(end, HistoryFlags.BatchEnd, payload);
        _hash = Hash64.Compute(
            ending.AsSpan(HistoryFrameLayout.MainOffset, HistoryFrameLayout.BatchEndHashedBytes), _hash);
        new HistoryBatchEnd(new LogIndex(index), new Term(1), 0, _hash).Write(payload);
        _frames.Add((Frame(end, HistoryFlags.BatchEnd, payload), segment));
    }

    private static byte[] Frame(ChangeRevision revision, HistoryFlags flags, byte[] payload)
    {
        var frame = new byte[HistoryFrameLayout.HeaderBytes + payload.Length];
        HistoryFrameLayout.WriteHeader(frame, revision, flags);
        payload.CopyTo(frame, HistoryFrameLayout.HeaderBytes);
        HistoryFrameLayout.Seal(frame);
        return frame;
    }

    private HistoryChain Run(out List<string> faults)
    {
        var chain = new HistoryChain();
        faults = [];
        foreach ((byte[] frame, HistorySegment segment) in _frames)
        {
            if (chain.Add(new HistoryFrame(frame), segment) is { } fault)
            {
                faults.Add(fault);
            }
        }

        return chain;
    }
}
