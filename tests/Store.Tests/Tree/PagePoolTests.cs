using Keelson.Base.Memory;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

public sealed class PagePoolTests
{
    [Test]
    public void Rent_AfterReturn_GivesTheSameMemoryForAboutTheSameSize()
    {
        using var pool = new PagePool();
        NativeBlock first = pool.Rent(1000);
        pool.Return(first);
        NativeBlock second = pool.Rent(1001);
        Assert.That(second.Address, Is.EqualTo(first.Address));
        Assert.That(second.Length, Is.EqualTo(1001));
        second.Span.Fill(1);
        NativeBlock third = pool.Rent(1001);
        Assert.That(third.Address, Is.Not.EqualTo(second.Address), "rented blocks do not overlap");
        pool.Return(second);
        pool.Return(third);
    }

    [Test]
    public void Rent_SizesAroundEveryClass_FitsWhatIsWritten()
    {
        using var pool = new PagePool();
        for (int round = 0; round < 2; round++)
        {
            List<NativeBlock> blocks = [];
            for (int bytes = 1; bytes <= 20_000; bytes += 63)
            {
                NativeBlock block = pool.Rent(bytes);
                Assert.That(block.Length, Is.EqualTo(bytes));
                block.Span.Fill((byte)(blocks.Count & 255));
                blocks.Add(block);
            }

            for (int index = 0; index < blocks.Count; index++)
            {
                Assert.That(blocks[index].Span.ContainsAnyExcept((byte)(index & 255)), Is.False, $"block {index}");
                pool.Return(blocks[index]);
            }
        }
    }

    [Test]
    public void Return_BeyondTheBound_GivesTheMemoryBack()
    {
        using var pool = new PagePool();
        List<NativeBlock> blocks = [];
        for (int bytes = 0; bytes <= 2 * PagePool.KeptBytesMax; bytes += 4096)
        {
            blocks.Add(pool.Rent(4096));
        }

        blocks.ForEach(pool.Return);
        Assert.That(pool.KeptBytes, Is.EqualTo(PagePool.KeptBytesMax));
    }
}
