using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Host;
using Keelson.Store.Tests.Log;

namespace Keelson.Store.Tests.Host;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RealDiskTests
{
    private string _directory = "";

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("keelson-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void File_WrittenInEachWay_ReadsBack()
    {
        using var disk = RealDisk.Open(_directory);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        file.Write(0, LogPayload.Of(1, 10_000));
        file.WriteDurable(5000, LogPayload.Of(2, 10_000));
        file.Sync();
        disk.Sync();
        var bytes = new byte[20_000];
        Assert.That(file.Read(0, bytes), Is.EqualTo(15_000));
        Assert.That(bytes[..5000], Is.EqualTo(LogPayload.Of(1, 10_000)[..5000]));
        Assert.That(bytes[5000..15_000], Is.EqualTo(LogPayload.Of(2, 10_000)));
        file.Truncate(7);
        Assert.That(file.Length, Is.EqualTo(7));
        Assert.That(file.Read(7, bytes), Is.Zero);
    }

    [Test]
    public void WriteDurable_AfterRename_WritesTheSameFile()
    {
        using var disk = RealDisk.Open(_directory);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        disk.Rename("a", "b");
        file.WriteDurable(0, [1, 2, 3]);
        Assert.That(((RealDiskFile)file).WritesDurablyInOneCall, Is.True);
        using IDiskFile renamed = disk.Open("b", DiskOpenMode.Existing);
        Assert.That(renamed.Length, Is.EqualTo(3));
    }

    [Test]
    public void Directory_FilesCreatedRenamedDeleted_ListsTheRestInOrder()
    {
        using var disk = RealDisk.Open(_directory);
        foreach (string name in new[] { "c", "B", "a", "d" })
        {
            disk.Open(name, DiskOpenMode.New).Dispose();
        }

        disk.Rename("a", "c");
        disk.Delete("d");
        disk.Sync();
        Assert.That(disk.List(), Is.EqualTo(new[] { "B", "c" }));
        Assert.That(disk.FreeBytes, Is.Positive);
    }

    [Test]
    public void Delete_FileOpen_StaysReadable()
    {
        using var disk = RealDisk.Open(_directory);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        file.Write(0, [1, 2, 3]);
        disk.Delete("a");
        Assert.That(file.Read(0, new byte[8]), Is.EqualTo(3));
    }

    [Test]
    public void Open_WrongMode_IsNotFoundOrExists()
    {
        using var disk = RealDisk.Open(_directory);
        disk.Open("a", DiskOpenMode.New).Dispose();
        Assert.That(ErrorOf(() => disk.Open("a", DiskOpenMode.New)), Is.EqualTo(DiskError.Exists));
        Assert.That(ErrorOf(() => disk.Open("b", DiskOpenMode.Existing)), Is.EqualTo(DiskError.NotFound));
        Assert.That(ErrorOf(() => disk.Delete("b")), Is.EqualTo(DiskError.NotFound));
        Assert.That(ErrorOf(() => disk.Rename("b", "c")), Is.EqualTo(DiskError.NotFound));
    }

    [Test]
    public void Open_DirectoryOpenAlready_IsInUseUntilClosed()
    {
        using (var disk = RealDisk.Open(_directory))
        {
            Assert.That(ErrorOf(() => RealDisk.Open(_directory)), Is.EqualTo(DiskError.InUse));
        }

        RealDisk.Open(_directory).Dispose();
    }

    [Test]
    public void Open_DirectoryMissing_CreatesItForTheOwnerOnly()
    {
        string nested = Path.Combine(_directory, "data", "member");
        using var disk = RealDisk.Open(nested);
        disk.Open("a", DiskOpenMode.New).Dispose();
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.That(File.GetUnixFileMode(nested), Is.EqualTo(owner | UnixFileMode.UserExecute));
        Assert.That(File.GetUnixFileMode(Path.Combine(nested, "a")), Is.EqualTo(owner));
    }

    [Test]
    public void Write_DeviceFull_IsFull() =>
        Assert.That(RealDisk.Failure(LinuxCalls.NoSpace, "pwrite", "a").Error, Is.EqualTo(DiskError.Full));

    [Test]
    public void Log_OnRealDisk_ComesBack()
    {
        using (var disk = RealDisk.Open(_directory))
        {
            using var driver = new LogDriver(disk);
            for (long index = 1; index <= 30; index++)
            {
                driver.Append(index, LogPayload.Of(index, 1000));
            }
        }

        using var reopened = RealDisk.Open(_directory);
        using var again = new LogDriver(reopened, new SeededRandom(2).Next());
        Assert.That(again.Recovery.Damage, Is.Null);
        Assert.That(again.Replay().All(each => each.Payload.SequenceEqual(LogPayload.Of(each.Index, 1000))), Is.True);
        Assert.That(again.Recovery.LastIndex.Value, Is.EqualTo(30));
    }

    private static DiskError ErrorOf(Action action) => Assert.Throws<DiskException>(action)!.Error;
}
