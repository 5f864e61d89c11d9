using Keelson.Base.Memory;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>Segment files that pages are loaded from.</summary>
internal sealed class TreeFilesTests
{
    private const int OpenFilesMax = 2;

    private TreeBench _written = null!;
    private WatchedDisk _disk = null!;
    private EpochGate _epochs = null!;
    private PageStore _pages = null!;
    private TreeRoot _root;

    [SetUp]
    public void SetUp()
    {
        _written = new TreeBench();
        var script = new TreeScript(3, _written);
        PageAddress address = PageAddress.None;
        for (int round = 0; round < 8; round++)
        {
            for (int edit = 0; edit < 200; edit++)
            {
                script.Edit();
            }

            _written.Pages.Freeze();
            address = CheckpointHost.Write(_written);
        }

        _disk = new WatchedDisk(_written.Disk);
        _epochs = new EpochGate();
        PageStoreOptions options = _written.Options with { OpenFilesMax = OpenFilesMax, ResidentBytesMax = 1 };
        _pages = new PageStore(options, _epochs, _disk);
        _pages.LoadSegments(_written.Pages.Segments);
        _root = _pages.Load(address, _written.Tree.Root.LiveCount, _written.Tree.Root.EntryCount);
    }

    [TearDown]
    public void TearDown()
    {
        _pages.Dispose();
        Assert.That(_disk.OpenCount, Is.Zero);
        _epochs.Dispose();
        _written.Dispose();
    }

    [Test]
    public void Cursor_OverPagesOfManySegments_HoldsFewFilesOpen()
    {
        Assert.That(_pages.Segments.Count(segment => segment.LiveBytes > 0), Is.GreaterThan(2 * OpenFilesMax));
        Assert.That(CountEntries(), Is.EqualTo(_written.Model.Count));
        _pages.Evict();
        _pages.Evict();
        Assert.That(CountEntries(), Is.EqualTo(_written.Model.Count));
    }

    [Test]
    public void Load_PageMovedAndItsFileGoneMeanwhile_ReadsItWhereItIs()
    {
        HashSet<int> poor = [];
        _disk.Opening = file =>
        {
            _disk.Opening = static _ => { };
            poor = [.. _pages.Segments.Where(segment => PageAddress.FileName(segment.Number) == file)
                .Select(segment => segment.Number)];
            MoveAllOf(poor.Single());
        };
        Assert.That(CountEntries(), Is.EqualTo(_written.Model.Count));
        Assert.That(poor, Has.Count.EqualTo(1));
    }

    private void MoveAllOf(int segment)
    {
        using (var checkpoint = new TreeCheckpoint(_pages, [_root], new HashSet<int> { segment }))
        {
            CheckpointHost.WriteAll(_written.Disk, checkpoint);
            checkpoint.Complete();
        }

        Assert.That(_pages.TryForget(segment), Is.True);
        _disk.Delete(PageAddress.FileName(segment));
    }

    private int CountEntries()
    {
        int count = 0;
        using EpochPin pin = _epochs.Enter();
        var cursor = new TreeCursor(_pages);
        for (bool more = cursor.SeekFirst(_root); more; more = cursor.Next())
        {
            count++;
            Assert.That(_disk.OpenCount, Is.LessThanOrEqualTo(OpenFilesMax));
        }

        return count;
    }
}
