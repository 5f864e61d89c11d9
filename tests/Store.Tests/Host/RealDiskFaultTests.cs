using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Store.Host;
using Keelson.Store.Tests.Log;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// The real disk when the kernel does what it rarely does: signals in between, short calls, refusals, errors.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RealDiskFaultTests
{
    private const int Block = 4096;
    private readonly FaultyFileCalls _calls = new();
    private string _directory = "";

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("keelson-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase(100)]
    [TestCase(1000)]
    [TestCase(Block)]
    public void File_SignalsAndShortCalls_WritesAndReadsEverything(int bytesMax)
    {
        _calls.Shorten = count => Math.Min(count, bytesMax);
        _calls.Open = _ => _calls.InterruptEvery(3);
        _calls.Read = () => _calls.InterruptEvery(3);
        _calls.Write = _ => _calls.InterruptEvery(3);
        AssertRoundTrip();
    }

    [Test]
    public void WriteDurable_WholeSectors_GoPastThePageCache([Values(1, 3, 8, 11)] int sectors)
    {
        var direct = new List<bool>();
        _calls.Write = isDirect =>
        {
            direct.Add(isDirect);
            return 0;
        };
        using var disk = RealDisk.Open(_directory, _calls);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        int bytes = sectors * disk.SectorBytes;
        NativeBlock memory = NativeBlock.AllocateAligned(bytes, Block);
        LogPayload.Of(1, bytes).CopyTo(memory.Span);
        file.WriteDurable(Block, memory.Span);
        file.WriteDurable(Block, memory.Span[..^1]);
        memory.Free();
        Assert.That(disk.SectorBytes, Is.InRange(512, Block));
        Assert.That(direct, Is.EqualTo(new[] { true, false }), "an unfinished sector goes through the cache");
        Assert.That(ReadAll(file)[Block..], Is.EqualTo(LogPayload.Of(1, bytes)));
    }

    [Test]
    public void WriteDurable_WholeBlocks_GoPastThePageCacheAsLongAsTheyAreWhole([Values(1000, Block)] int bytesMax)
    {
        var direct = new List<bool>();
        _calls.Shorten = count => Math.Min(count, bytesMax);
        _calls.Write = isDirect =>
        {
            direct.Add(isDirect);
            return 0;
        };
        WriteBlocks(4);
        // A rest that is not whole blocks is what open(2) forbids: it goes the other way.
        Assert.That(direct.Count(each => each), Is.EqualTo(bytesMax == Block ? 4 : 1));
        Assert.That(direct[0], Is.True);
    }

    [Test]
    public void WriteDurable_DirectRefusedAtOpen_GoesThroughTheCache()
    {
        int refused = 0;
        _calls.Open = flags => IsDirect(flags) ? Count(ref refused, LinuxCalls.InvalidArgument) : 0;
        AssertRoundTrip();
        Assert.That(refused, Is.EqualTo(1), "it is asked for once a file");
    }

    /// <summary>Some file systems take the flag and refuse the writes (open(2), O_DIRECT).</summary>
    [Test]
    public void WriteDurable_DirectRefusedAtWrite_GoesThroughTheCache()
    {
        int refused = 0;
        _calls.Write = isDirect => isDirect ? Count(ref refused, LinuxCalls.InvalidArgument) : 0;
        AssertRoundTrip();
        Assert.That(refused, Is.EqualTo(1), "it is tried once a file");
    }

    [Test]
    public void WriteDurable_NoDescriptorOfItsOwn_SyncsAfterwards()
    {
        int syncs = 0;
        _calls.Open = flags => (flags & LinuxCalls.DataSync) != 0 ? LinuxCalls.NoSuchFile : 0;
        _calls.Sync = () => Count(ref syncs, 0);
        WriteBlocks(2);
        Assert.That(syncs, Is.EqualTo(1));
    }

    // Goal: a log that needs its next file while connections hold every descriptor waits, instead of ending the store.
    [TestCase(LinuxCalls.ProcessFilesFull)]
    [TestCase(LinuxCalls.SystemFilesFull)]
    public void Open_WithoutAFreeDescriptor_WaitsForOne(int errno)
    {
        int refused = 0;
        _calls.Open = _ => refused < 3 ? Count(ref refused, errno) : 0;
        AssertRoundTrip();
        Assert.That(refused, Is.EqualTo(3));
    }

    [TestCase(LinuxCalls.NoSpace, DiskError.Full)]
    [TestCase(LinuxCalls.QuotaExceeded, DiskError.Full)]
    [TestCase(FaultyFileCalls.InputOutput, DiskError.Failed)]
    [TestCase(LinuxCalls.InvalidArgument, DiskError.Failed)]
    public void Calls_Refused_FailWithTheirReason(int errno, DiskError error)
    {
        using var disk = RealDisk.Open(_directory, _calls);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        _calls.Write = _ => errno;
        _calls.Read = () => errno;
        _calls.Sync = () => errno;
        _calls.Open = _ => errno;
        Action[] actions =
        [
            () => file.Write(0, [1]), () => file.WriteDurable(0, [1]), () => file.Read(0, new byte[1]), file.Sync,
            () => disk.Open("b", DiskOpenMode.New),
        ];
        foreach (Action action in actions)
        {
            DiskException exception = Assert.Throws<DiskException>(action)!;
            Assert.That(exception.Error, Is.EqualTo(error));
            Assert.That(exception.Message, Does.Contain($"(errno {errno})"));
        }
    }

    /// <summary>After a failed sync the kernel may have dropped the pages: a second one would lie.</summary>
    [TestCase(LinuxCalls.Interrupted)]
    [TestCase(FaultyFileCalls.InputOutput)]
    public void Sync_Fails_IsNotTriedAgain(int errno)
    {
        int syncs = 0;
        using var disk = RealDisk.Open(_directory, _calls);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        _calls.Sync = () => Count(ref syncs, errno);
        Assert.Throws<DiskException>(file.Sync);
        Assert.That(syncs, Is.EqualTo(1));
    }

    [Test]
    public void Write_ToADeviceThatIsFull_IsFull()
    {
        using var file = new RealDiskFile("/dev/full", LinuxCalls.ReadWrite, "full", 512, LinuxFileCalls.Instance);
        Assert.That(
            Assert.Throws<DiskException>(() => file.Write(0, new byte[10]))!.Error, Is.EqualTo(DiskError.Full));
    }

    /// <summary>The whole store over calls that are interrupted and cut short all the time: nobody notices.</summary>
    [Test]
    public async Task Store_SignalsAndShortCalls_KeepsEverything()
    {
        _calls.Shorten = count => count > Block ? count - Block : count;
        _calls.Read = () => _calls.InterruptEvery(5);
        _calls.Write = _ => _calls.InterruptEvery(5);
        await using (KeyValueStore store = Open(static _ => { }))
        {
            Assert.That(await PutUntilItFailsAsync(store, 3000), Is.EqualTo(3000));
        }

        await AssertHoldsAsync(3000);
    }

    /// <summary>
    /// Any write or sync fails, at the log or at a checkpoint: the store stops with that error and answers nothing
    /// more; on a disk that works again everything that was answered is there.
    /// </summary>
    [Test]
    public async Task Store_DiskFails_StopsAndLosesNothing(
        [Values] bool isSync, [Values(LinuxCalls.NoSpace, FaultyFileCalls.InputOutput)] int errno)
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered;
        await using (KeyValueStore store = Open(exception => failed.TrySetResult(exception)))
        {
            answered = await PutUntilItFailsAsync(store, 300);
            Assert.That(answered, Is.EqualTo(300));
            if (isSync)
            {
                _calls.Sync = () => errno;
            }
            else
            {
                _calls.Write = _ => errno;
            }

            // The next write of the log fails at once, a sync with the next checkpoint.
            answered = await PutUntilItFailsAsync(store, int.MaxValue);
            Exception exception = await failed.Task.WaitAsync(Patience.Limit);
            DiskError expected = errno == LinuxCalls.NoSpace ? DiskError.Full : DiskError.Failed;
            Assert.That((exception as DiskException)?.Error, Is.EqualTo(expected), exception.Message);
        }

        await AssertHoldsAsync(answered);
    }

    private static bool IsDirect(int flags) => (flags & LinuxCalls.Direct) != 0;

    private static int Count(ref int count, int errno)
    {
        count++;
        return errno;
    }

    private void WriteBlocks(int blocks)
    {
        using var disk = RealDisk.Open(_directory, _calls);
        using IDiskFile file = disk.Open("blocks", DiskOpenMode.New);
        WriteBlocks(file, 0, blocks);
        Assert.That(ReadAll(file), Is.EqualTo(LogPayload.Of(1, blocks * Block)));
    }

    private void AssertRoundTrip()
    {
        using var disk = RealDisk.Open(_directory, _calls);
        using IDiskFile file = disk.Open("a", DiskOpenMode.New);
        WriteBlocks(file, 0, 3);
        WriteBlocks(file, 3, 2);
        file.Write(5 * Block, LogPayload.Of(2, 5000));
        file.WriteDurable((5 * Block) + 5000, LogPayload.Of(3, 5000));
        byte[] bytes = ReadAll(file);
        Assert.That(bytes[..(3 * Block)], Is.EqualTo(LogPayload.Of(1, 3 * Block)));
        Assert.That(bytes[(3 * Block)..(5 * Block)], Is.EqualTo(LogPayload.Of(1, 2 * Block)));
        Assert.That(bytes[(5 * Block)..^5000], Is.EqualTo(LogPayload.Of(2, 5000)));
        Assert.That(bytes[^5000..], Is.EqualTo(LogPayload.Of(3, 5000)));
    }

    /// <summary>From memory as O_DIRECT asks for it.</summary>
    private static void WriteBlocks(IDiskFile file, int first, int blocks)
    {
        NativeBlock memory = NativeBlock.AllocateAligned(blocks * Block, Block);
        LogPayload.Of(1, blocks * Block).CopyTo(memory.Span);
        file.WriteDurable(first * Block, memory.Span);
        memory.Free();
    }

    private static byte[] ReadAll(IDiskFile file)
    {
        var bytes = new byte[file.Length];
        Assert.That(file.Read(0, bytes), Is.EqualTo(bytes.Length));
        return bytes;
    }

    private KeyValueStore Open(Action<Exception> failed) => KeyValueStore.Open(
        RealDisk.Open(_directory, _calls),
        new StoreOptions
        {
            LogSegmentBytes = 4 << 20,
            Failed = failed,
            Tuning = EngineTuning.Default with { CheckpointRequests = 500 },
        });

    /// <summary>Puts key after key; how many were answered in all.</summary>
    private static async Task<int> PutUntilItFailsAsync(KeyValueStore store, int count)
    {
        int answered = (int)store.Revision.Value - 1;
        try
        {
            for (; answered < count; answered++)
            {
                await store.PutAsync($"key-{answered}", $"value-{answered}");
            }
        }
        catch (Exception exception) when (exception is DiskException or StoreException { Error: StoreError.Stopped })
        {
            // What was under way fails with the disk's error, what comes later finds the store stopped.
        }

        return answered;
    }

    private async Task AssertHoldsAsync(int answered)
    {
        await using KeyValueStore again =
            KeyValueStore.Open(_directory, new StoreOptions { LogSegmentBytes = 4 << 20 });
        Assert.That(again.Revision.Value, Is.InRange(answered + 1, answered + 2));
        for (int index = 0; index < answered; index++)
        {
            Assert.That(again.Get($"key-{index}")?.Value.ToString(), Is.EqualTo($"value-{index}"));
        }
    }
}
