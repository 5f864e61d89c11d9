using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>A list reads each part of the history once, though its keys lie there in another order.</summary>
public sealed class ListReadsTests
{
    private const int Keys = 1500;
    private const int ValueBytes = 1000;

    [TestCase(false)]
    [TestCase(true)]
    public async Task List_OfKeysWrittenInAnotherOrder_ReadsEachBlockOnce(bool inOrder)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var expected = new Dictionary<string, string>();
        await using (StoreEngine engine = Open(disk))
        {
            for (int count = 0; count < Keys; count++)
            {
                // 7 and 1500 have no divisor in common: every number comes once.
                string key = $"key-{(inOrder ? count : count * 7 % Keys):d4}";
                expected[key] = $"value {count}" + new string('x', ValueBytes);
                await engine.PutAsync(key, expected[key]);
            }
        }

        long bytes = 0;
        int reads = 0;
        await using StoreEngine again = Open(disk);
        disk.Faults = call =>
        {
            bool isRead = call.Kind == DiskCallKind.Read && call.File.StartsWith("history-", StringComparison.Ordinal);
            reads += isRead ? 1 : 0;
            bytes += isRead ? call.Length : 0;
            return DiskFault.None;
        };
        Dictionary<string, string> found = again.ReadAll();

        Assert.That(found, Is.EqualTo(expected));
        Assert.That(found.Keys, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        long historyBytes = expected.Values.Sum(value => value.Length) + (Keys * 60);
        TestContext.Out.WriteLine($"{reads} reads of {bytes} bytes, {historyBytes} bytes of history");
        // Two chunks, so each part may be read for either.
        Assert.That(bytes, Is.LessThan(3 * historyBytes));
        Assert.That(reads, Is.LessThan(Keys / 10), "neighbours share a read");
    }

    // A cache of a third: what a list would come back to is gone by then.
    private static StoreEngine Open(SimulatedDisk disk) => SimulatedEngine.Open(
        disk, new ManualClock(), SimulatedEngine.Options with { ValueCacheBytesMax = Keys * ValueBytes / 3 });
}
