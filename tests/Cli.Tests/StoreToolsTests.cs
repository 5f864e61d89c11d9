using Keelson.Store;

namespace Keelson.Cli.Tests;

/// <summary>Goal: the tools' words and exit codes hold for the real process.</summary>
internal sealed class StoreToolsTests
{
    private string _directory = null!;

    private string Data => Path.Combine(_directory, "data");

    private string Backup => Path.Combine(_directory, "backup");

    [SetUp]
    public async Task SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("keelson-cli-").FullName;
        await using KeyValueStore store = KeyValueStore.Open(Data, new StoreOptions { LogSegmentBytes = 4 << 20 });
        await store.PutAsync("a", "1");
        await store.PutAsync("a", "2");
        await using FileStream file = File.Create(Backup);
        await store.SnapshotAsync(file);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Status_OfABackup_HasEtcdutlsColumns()
    {
        Assert.That(
            await RunAsync(0, "store", "snapshot", "status", Backup, "-w", "table"),
            Does.Match(@"\| +HASH +\| REVISION \| TOTAL KEYS \| TOTAL SIZE \|"));
        Assert.That(
            await RunAsync(0, "store", "snapshot", "status", Backup), Does.Match("^[0-9a-f]+, 3, [0-9]+, 16 kB\n"));
        Assert.That(
            await RunAsync(0, "store", "snapshot", "status", Backup, "-w", "json"),
            Does.Match("""^\{"hash":\d+,"revision":3,"totalKey":\d+,"totalSize":\d+,"version":""\}"""));
    }

    [Test]
    public async Task Restore_ThenTools_TellTheSame()
    {
        string restored = Path.Combine(_directory, "restored");
        Assert.That(
            await RunAsync(0, "store", "snapshot", "restore", Backup, "--data-dir", restored, "--name", "m1"),
            Does.Contain("restored revision 3: 2 versions, 0 leases, compact revision -1, into"));
        Assert.That(await RunAsync(0, "store", "inspect", restored), Does.Contain("revision 3, compact revision -1"));
        string hash = await RunAsync(0, "store", "hashkv", restored);
        Assert.That(hash, Does.Contain(", revision 3, compact revision -1"));
        Assert.That(await RunAsync(0, "store", "hashkv", Data), Is.EqualTo(hash));
        Assert.That(await RunAsync(0, "store", "verify", restored), Does.EndWith("sound\n"));
    }

    [Test]
    public async Task Verify_OfADamagedStore_ListsItAndExitsOne()
    {
        string history = Directory.EnumerateFiles(Data, "history-*").Single();
        byte[] bytes = await File.ReadAllBytesAsync(history);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(history, bytes);
        Assert.That(
            await RunAsync(1, "store", "verify", Data), Does.Contain($"DAMAGE {Path.GetFileName(history)} is damaged"));
    }

    [Test]
    public async Task Restore_OfADamagedBackup_ExitsOneAndLeavesNothing()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Backup);
        bytes[5000] ^= 1;
        await File.WriteAllBytesAsync(Backup, bytes);
        string restored = Path.Combine(_directory, "restored");
        Assert.That(
            await RunAsync(1, "store", "snapshot", "restore", Backup, "--data-dir", restored),
            Does.Contain($"Error: {Backup} is damaged"));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory).Count(), Is.EqualTo(2));
    }

    [TestCase(1, "nothing here", "store", "verify", "nothing here")]
    [TestCase(1, "nothing here", "store", "inspect", "nothing here")]
    [TestCase(1, "nothing here", "store", "hashkv", "nothing here")]
    [TestCase(1, "nothing here", "store", "snapshot", "status", "nothing here")]
    [TestCase(1, "Unavailable", "store", "snapshot", "save", "nothing here", "--endpoint", "127.0.0.1:1")]
    [TestCase(2, "--mark-compacted", "store", "snapshot", "restore", "x", "--bump-revision", "5")]
    [TestCase(2, "--mark-compacted", "store", "snapshot", "restore", "x", "--mark-compacted")]
    [TestCase(2, "", "store", "snapshot", "status", "x", "-w", "nosuch")]
    [TestCase(2, "", "store", "snapshot", "nosuch")]
    [TestCase(2, "", "store", "verify")]
    public async Task Tool_GivenWhatIsWrong_SaysSo(int code, string text, params string[] arguments)
    {
        Assert.That(await RunAsync(code, arguments), Does.Contain(text));
        Assert.That(File.Exists("nothing here.part"), Is.False);
    }

    private static async Task<string> RunAsync(int code, params string[] arguments)
    {
        using KeelsonProcess process = KeelsonProcess.Start(arguments);
        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(code), process.Text);
        return process.Text;
    }
}
