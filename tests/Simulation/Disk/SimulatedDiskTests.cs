using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

public sealed class SimulatedDiskTests
{
    private SimulatedDisk _disk = new(new SeededRandom(1));

    [SetUp]
    public void CreateSyncedFile()
    {
        _disk = new SimulatedDisk(new SeededRandom(1));
        using IDiskFile file = _disk.Open("a", DiskOpenMode.New);
        file.Write(0, Filled(1, 2048));
        file.Sync();
        _disk.Sync();
    }

    [Test]
    public void Crash_WriteNotSynced_IsLostOrTornAsChosen()
    {
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            file.Write(256, Filled(2, 1024));
        }

        // Bytes 256 to 1279 touch the sectors at 0, 512 and 1024.
        _disk.Crash(write => write.Sectors == 3 ? Survival.Scattered(0b101) : Survival.Lost);
        byte[] bytes = ReadAll("a");
        Assert.That(bytes[..256], Is.All.EqualTo(1));
        Assert.That(bytes[256..512], Is.All.EqualTo(2));
        Assert.That(bytes[512..1024], Is.All.EqualTo(1));
        Assert.That(bytes[1024..1280], Is.All.EqualTo(2));
        Assert.That(bytes[1280..], Is.All.EqualTo(1));
    }

    /// <summary>A creation that a failed sync covered is older than the file of its name.</summary>
    [Test]
    public void Crash_FileMadeAnewBehindAFailedSync_IsTheNewOne([Values] bool survives)
    {
        _disk.DiesOfFault = false;
        _disk.Open("b", DiskOpenMode.New).Dispose();
        _disk.Faults = call =>
            call.Kind == DiskCallKind.SyncNames ? new DiskFault(DiskFaultKind.ErrorBefore) : DiskFault.None;
        Assert.That(_disk.Sync, Throws.TypeOf<DiskException>());
        _disk.Restart();
        _disk.Delete("b");
        using (IDiskFile file = _disk.Open("b", DiskOpenMode.New))
        {
            file.Write(0, Filled(9, 512));
            file.Sync();
        }

        _disk.Sync();
        _disk.Crash(_ => survives ? Survival.Whole : Survival.Lost);
        Assert.That(ReadAll("b"), Has.Length.EqualTo(512).And.All.EqualTo(9));
    }

    [Test]
    public void Crash_DurableWriteAmongUnsynced_KeepsExactlyItsOwnBytes()
    {
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            file.Write(0, Filled(2, 1024));
            file.WriteDurable(512, Filled(3, 512));
            file.Write(1024, Filled(4, 512));
        }

        Assert.That(_disk.Unsynced, Has.Count.EqualTo(2));
        _disk.Crash(_ => Survival.Lost);
        byte[] bytes = ReadAll("a");
        Assert.That(bytes[..512], Is.All.EqualTo(1));
        Assert.That(bytes[512..1024], Is.All.EqualTo(3));
        Assert.That(bytes[1024..], Is.All.EqualTo(1));
    }

    [Test]
    public void Crash_OlderWriteSurvives_DoesNotUndoDurableWrite()
    {
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            file.Write(0, Filled(2, 1024));
            file.WriteDurable(512, Filled(3, 512));
        }

        _disk.Crash(_ => Survival.Whole);
        Assert.That(ReadAll("a")[512..1024], Is.All.EqualTo(3));
    }

    [Test]
    public void BeginWriteDurable_CompletedOutOfOrder_OnlyCompletedIsDurable()
    {
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            _disk.BeginWriteDurable(file, 0, Filled(2, 512));
            UnsyncedOperation second = _disk.BeginWriteDurable(file, 512, Filled(3, 512));
            file.Sync();
            _disk.Complete(second);
        }

        _disk.Crash(_ => Survival.Lost);
        byte[] bytes = ReadAll("a");
        Assert.That(bytes[..512], Is.All.EqualTo(1));
        Assert.That(bytes[512..1024], Is.All.EqualTo(3));
    }

    [Test]
    public void Crash_NamesNotSynced_AreLostOrKeptAsChosen([Values] bool keep)
    {
        using (IDiskFile file = _disk.Open("b", DiskOpenMode.New))
        {
            file.WriteDurable(0, Filled(2, 8));
        }

        _disk.Rename("a", "c");
        _disk.Crash(_ => keep ? Survival.Whole : Survival.Lost);
        Assert.That(_disk.List(), Is.EqualTo(keep ? new[] { "b", "c" } : ["a"]));
        Assert.That(ReadAll(keep ? "b" : "a")[..8], Is.All.EqualTo(keep ? 2 : 1));
    }

    [Test]
    public void Crash_RenameSynced_Survives()
    {
        _disk.Rename("a", "c");
        _disk.Sync();
        _disk.Crash(_ => Survival.Lost);
        Assert.That(_disk.List(), Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public void Delete_FileOpen_StaysReadable()
    {
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        _disk.Delete("a");
        var bytes = new byte[16];
        Assert.That(file.Read(2040, bytes), Is.EqualTo(8));
        Assert.That(_disk.List(), Is.Empty);
    }

    [Test]
    public void Sync_FailedOnce_LaterSyncDoesNotMakeItDurable()
    {
        _disk.DiesOfFault = false;
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            file.Write(0, Filled(2, 512));
            _disk.FailCall(_disk.Calls + 1, new DiskFault(DiskFaultKind.ErrorBefore));
            Assert.That(file.Sync, Throws.TypeOf<DiskException>());
            file.Sync();
        }

        _disk.Crash(_ => Survival.Lost);
        Assert.That(ReadAll("a"), Is.All.EqualTo(1));
    }

    [TestCase(DiskFaultKind.ErrorBefore, 1)]
    [TestCase(DiskFaultKind.ErrorAfter, 2)]
    [TestCase(DiskFaultKind.PowerCut, 1)]
    public void FailCall_DurableWrite_TakesEffectOnlyAfter(DiskFaultKind kind, int expected)
    {
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            _disk.FailCall(_disk.Calls + 1, new DiskFault(kind));
            Assert.That(() => file.WriteDurable(0, Filled(2, 512)), Throws.TypeOf<DiskException>());
            Assert.That(file.Sync, Throws.TypeOf<DiskException>().With.Message.Contains("dead"));
        }

        Assert.That(_disk.Unsynced, Has.Count.EqualTo(kind == DiskFaultKind.PowerCut ? 1 : 0));
        _disk.Crash(_ => Survival.Lost);
        Assert.That(ReadAll("a")[..512], Is.All.EqualTo(expected));
    }

    [Test]
    public void Restart_ProcessDied_UnsyncedStaysUnsyncedAndHandlesAreGone()
    {
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        file.Write(0, Filled(2, 512));
        _disk.Restart();
        Assert.That(() => file.Length, Throws.TypeOf<DiskException>());
        Assert.That(ReadAll("a")[..512], Is.All.EqualTo(2));
        _disk.Crash(_ => Survival.Lost);
        Assert.That(ReadAll("a")[..512], Is.All.EqualTo(1));
    }

    [Test]
    public void Write_BeyondCapacity_FailsFullAndKeepsWhatFits()
    {
        _disk.CapacityBytes = 2560;
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        Assert.That(_disk.FreeBytes, Is.EqualTo(512));
        DiskException? error = Assert.Throws<DiskException>(() => file.Write(2048, Filled(2, 1024)));
        Assert.That(error!.Error, Is.EqualTo(DiskError.Full));
        Assert.That(file.Length, Is.EqualTo(2560));
    }

    [Test]
    public void FreeBytes_SomebodyElseTakesTheRest_StayAtTheirMaximum()
    {
        _disk.FreeBytesMax = 1024;
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        file.Write(2048, Filled(2, 1024));
        Assert.That(_disk.FreeBytes, Is.EqualTo(1024));
        Assert.That(
            () => file.Write(3072, Filled(2, 1536)),
            Throws.TypeOf<DiskException>().With.Property(nameof(DiskException.Error)).EqualTo(DiskError.Full));
        _disk.Delete("a");
        Assert.That(_disk.FreeBytes, Is.EqualTo(1024));
    }

    [Test]
    public void FlipBit_AtRest_ChangesThatBitOnlyAndSurvivesCrash()
    {
        _disk.FlipBit("a", 700, 3);
        _disk.Crash(_ => Survival.Lost);
        byte[] bytes = ReadAll("a");
        Assert.That(bytes[700], Is.EqualTo(1 ^ 8));
        Assert.That(bytes.Count(value => value != 1), Is.EqualTo(1));
    }

    [Test]
    public void Clone_ThenBothChange_DoNotSeeEachOther()
    {
        SimulatedDisk clone = _disk.Clone(new SeededRandom(2));
        using (IDiskFile file = _disk.Open("a", DiskOpenMode.Existing))
        {
            file.WriteDurable(0, Filled(2, 512));
        }

        clone.FlipBit("a", 0, 7);
        using IDiskFile copy = clone.Open("a", DiskOpenMode.Existing);
        var bytes = new byte[2];
        copy.Read(0, bytes);
        Assert.That(bytes, Is.EqualTo(new byte[] { 0x81, 1 }));
        Assert.That(ReadAll("a")[0], Is.EqualTo(2));
    }

    [Test]
    public void Open_WrongMode_IsNotFoundOrExists()
    {
        Assert.That(
            Assert.Throws<DiskException>(() => _disk.Open("x", DiskOpenMode.Existing))!.Error,
            Is.EqualTo(DiskError.NotFound));
        Assert.That(
            Assert.Throws<DiskException>(() => _disk.Open("a", DiskOpenMode.New))!.Error,
            Is.EqualTo(DiskError.Exists));
    }

    private static byte[] Filled(byte value, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private byte[] ReadAll(string name)
    {
        using IDiskFile file = _disk.Open(name, DiskOpenMode.Existing);
        var bytes = new byte[file.Length];
        Assert.That(file.Read(0, bytes), Is.EqualTo(bytes.Length));
        return bytes;
    }
}
