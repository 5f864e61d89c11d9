using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// Slices taken one after the other give everything once, in order of revision, whole revisions at a time.
/// </summary>
public sealed class RevisionSliceTests
{
    [Test]
    public void Slices_OfAnyOrder_GiveEverythingOnce([Range(1, 8)] int seed)
    {
        const int entriesMax = 10;
        var random = new SeededRandom((ulong)seed);
        List<ChangeRevision> all = [];
        for (long main = 2; all.Count < 200; main += 1 + random.Below(3))
        {
            // Now and then a revision alone has more changes than a slice takes.
            int changes = random.Below(10) == 0 ? 3 * entriesMax : 1 + random.Below(3);
            all.AddRange(Enumerable.Range(0, changes).Select(sub => new ChangeRevision(main, sub)));
        }

        List<ChangeRevision> shuffled = [.. all.OrderBy(_ => random.Next())];
        var slice = new RevisionSlice(entriesMax);
        List<ChangeRevision> found = [];
        for (long from = 0; from < long.MaxValue; from = slice.To)
        {
            slice.Begin(from);
            shuffled.ForEach(revision => slice.Add(new RevisionSlice.Entry(revision, 0)));
            slice.Seal();
            Assert.That(slice.Entries.Length, Is.GreaterThan(0).Or.EqualTo(all.Count - found.Count));
            foreach (RevisionSlice.Entry entry in slice.Entries)
            {
                Assert.That(entry.Revision.Main, Is.InRange(from, slice.To - 1));
                found.Add(entry.Revision);
            }
        }

        Assert.That(found, Is.EqualTo(all));
    }
}
