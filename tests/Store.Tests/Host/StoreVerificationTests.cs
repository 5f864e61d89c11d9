using Keelson.Simulation;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>The offline check: silent on every sound store, and it names what is damaged.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoreVerificationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-test-").FullName;

    private static StoreOptions Options => new()
    {
        LogSegmentBytes = 4 << 20,
        Failed = static _ => { },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public async Task Verify_OfASoundStore_FindsNothing(int starts)
    {
        for (int start = 0; start < starts; start++)
        {
            await FillAsync();
        }

        List<string> progress = [];
        Assert.That(Verify(progress.Add), Is.Empty);
        Assert.That(progress, Has.Some.StartsWith("log: "));
        Assert.That(Describe(), Has.Some.Contains("files"));
    }

    [TestCase("history-")]
    [TestCase("tree-")]
    public async Task Verify_AfterAFlippedBit_NamesTheFile(string prefix)
    {
        await FillAsync();
        string file = Directory.EnumerateFiles(_directory, prefix + "*").Order(StringComparer.Ordinal).First();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        var random = new SeededRandom(3);
        for (int flip = 0; flip < 20; flip++)
        {
            // After one checkpoint every byte of these files is in use.
            int bit = (int)(random.Next() % (ulong)(bytes.Length * 8));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(file, bytes);
            Assert.That(
                Verify(static _ => { }),
                Has.Some.Contains(Path.GetFileName(file)),
                $"bit {bit} of {bytes.Length} bytes");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public async Task Verify_WithoutItsLog_SaysSo()
    {
        await FillAsync();
        foreach (string log in Directory.EnumerateFiles(_directory, "log-*"))
        {
            File.Delete(log);
        }

        Assert.That(Verify(static _ => { }), Has.Some.Contains("log-"));
    }

    [Test]
    public async Task Describe_OfAStore_NamesRootsAndSegments()
    {
        await FillAsync();
        IReadOnlyList<string> lines = Describe();
        Assert.That(lines, Has.Some.Contains("revision 501"));
        Assert.That(lines, Has.Some.Contains("history-0000000000000001"));
        Assert.That(lines, Has.Some.Contains("tree-0000000000000001"));
        Assert.That(lines, Has.Some.Contains(", log"));
    }

    private async Task FillAsync()
    {
        await using KeyValueStore store = KeyValueStore.Open(_directory, Options);
        for (int index = 0; index < 500; index++)
        {
            await store.PutAsync($"key-{index % 200:d3}", $"value-{index}");
        }
    }

    private IReadOnlyList<string> Verify(Action<string> progress)
    {
        using RealDisk disk = RealDisk.Open(_directory);
        return StoreVerification.Run(disk, progress);
    }

    private IReadOnlyList<string> Describe()
    {
        using RealDisk disk = RealDisk.Open(_directory);
        return [.. StoreInspection.Describe(disk)];
    }
}
