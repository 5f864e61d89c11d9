using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Tests.Tree;

namespace Keelson.Store.Tests.Host;

internal sealed class LeaseDeadlinesTests
{
    /// <summary>The pages of the tree may be dropped by anybody, and then freed unless the reader is pinned.</summary>
    [Test]
    public void First_WhileItsPageIsDropped_ReadsWhatWasThere()
    {
        const int leases = 200;
        using var written = new TreeBench();
        for (int lease = 1; lease <= leases; lease++)
        {
            var key = new byte[LeaseEntry.DeadlineKeyBytes];
            LeaseEntry.WriteDeadlineKey(key, 1000 * lease, new LeaseId(lease));
            written.Insert(key, new ChangeRevision(lease, 0), []);
        }

        written.Pages.Freeze();
        using TreeBench bench = CheckpointHost.Restart(written, CheckpointHost.Write(written), residentBytesMax: 1);
        StoreState state = StoreState.Empty with { LeaseDeadlines = bench.Tree.Root };
        Assert.That(new LeaseDeadlines(bench.Pages).First(state), Is.EqualTo(1000));
    }
}
