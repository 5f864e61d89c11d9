using Keelson.Rpc.Server.Connections;

namespace Keelson.Rpc.Tests;

/// <summary>Blocks are used again, never by two at a time, and no more are kept than the memory allows.</summary>
public sealed class BlockPoolTests
{
    private const long RoomyBytes = 1L << 40;

    [Test]
    public void Rent_AfterManyWereReturned_UsesThemAgain()
    {
        using var pool = new BlockPool(RoomyBytes);
        IMemoryOwner<byte>[] first = [.. Enumerable.Range(0, 10_000).Select(_ => pool.Rent())];
        Array.ForEach(first, static block => block.Dispose());
        IMemoryOwner<byte>[] again = [.. Enumerable.Range(0, 10_000).Select(_ => pool.Rent())];
        Assert.That(again, Is.EquivalentTo(first));
    }

    [Test]
    public void Dispose_Twice_ReturnsItOnce()
    {
        using var pool = new BlockPool(RoomyBytes);
        IMemoryOwner<byte> block = pool.Rent();
        block.Dispose();
        block.Dispose();
        Assert.That(pool.Rent(), Is.SameAs(block));
        Assert.That(pool.Rent(), Is.Not.SameAs(block));
    }

    [Test]
    public void Return_BeyondItsShareOfTheMemory_IsForgotten()
    {
        // A 64th of it is one block.
        using var pool = new BlockPool(64 * 4096);
        IMemoryOwner<byte>[] blocks = [pool.Rent(), pool.Rent()];
        Array.ForEach(blocks, static block => block.Dispose());
        Assert.That(pool.Rent(), Is.SameAs(blocks[0]));
        Assert.That(pool.Rent(), Is.Not.SameAs(blocks[1]));
    }
}
