using Keelson.Base.Seams;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Disk;

public sealed class TimedDiskTests
{
    private SimulatedWorld _world = null!;
    private SimulatedMachine _machine = null!;
    private TimedDisk _disk = null!;
    private OverlappingWrites _writes = null!;

    [SetUp]
    public void SetUp() => Begin(1, DiskTiming.Good);

    [Test]
    public void Read_OfAnActor_KeepsItBusy()
    {
        var slow = new Spread(1_000_000, 2_000_000);
        Begin(1, DiskTiming.Good with { Read = slow });
        using IDiskFile file = CreateFile();
        List<long> steps = [];
        SimulatedActor reader = _machine.Create("reader", () =>
        {
            steps.Add(_world.Now);
            file.Read(0, new byte[10]);
            return TimeSpan.Zero;
        }, exception => Assert.Fail(exception.Message));
        reader.Start();
        _world.RunUntil(5_000_000);
        Assert.That(steps, Has.Count.InRange(2, 6));
        Assert.That(steps[1] - steps[0], Is.GreaterThanOrEqualTo(1_000_000));
    }

    [Test]
    public void Begin_SeveralWrites_FinishInAnyOrder()
    {
        bool overtaken = false;
        for (ulong seed = 1; seed < 20; seed++)
        {
            Begin(seed, DiskTiming.Good);
            CreateFile().Dispose();
            List<int> finished = [];
            for (int number = 0; number < 4; number++)
            {
                int own = number;
                _writes.Begin("a", number * 4096, new byte[4096], _ => finished.Add(own));
            }

            Assert.That(_writes.InFlight, Is.EqualTo(4));
            _world.RunUntil(1_000_000);
            Assert.That(finished, Is.EquivalentTo(new[] { 0, 1, 2, 3 }));
            overtaken |= !finished.SequenceEqual([0, 1, 2, 3]);
        }

        Assert.That(overtaken);
    }

    [Test]
    public void Crash_WithWritesInFlight_LosesAnySubsetOfThem()
    {
        var seen = new HashSet<int>();
        for (ulong seed = 1; seed < 100; seed++)
        {
            Begin(seed, DiskTiming.Good);
            CreateFile().Dispose();
            for (int number = 0; number < 3; number++)
            {
                _writes.Begin("a", number, [1], _ => Assert.Fail("the process is gone"));
            }

            _writes.Abandon();
            _disk.Inner.Crash();
            _world.RunUntil(1_000_000);
            using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
            var bytes = new byte[3];
            file.Read(0, bytes);
            seen.Add(bytes[0] + (2 * bytes[1]) + (4 * bytes[2]));
        }

        Assert.That(seen, Is.EquivalentTo(Enumerable.Range(0, 8)));
    }

    [Test]
    public void Begin_WriteThatCompleted_SurvivesACrash()
    {
        CreateFile().Dispose();
        _writes.Begin("a", 0, [7], failure => Assert.That(failure, Is.Null));
        _world.RunUntil(1_000_000);
        _disk.Inner.Crash(_ => Survival.Lost);
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        var bytes = new byte[1];
        file.Read(0, bytes);
        Assert.That(bytes[0], Is.EqualTo(7));
    }

    [Test]
    public void FinishAll_ProcessIsGone_MakesNothingDurable()
    {
        CreateFile().Dispose();
        _writes.Begin("a", 0, [7], _ => Assert.Fail("the process is gone"));
        _writes.Abandon();
        _writes.FinishAll();
        _disk.Inner.Crash(_ => Survival.Lost);
        using IDiskFile file = _disk.Open("a", DiskOpenMode.Existing);
        var bytes = new byte[1];
        file.Read(0, bytes);
        Assert.That(bytes[0], Is.Zero);
    }

    [Test]
    public void Begin_OnAFailingDisk_TellsOnce()
    {
        CreateFile().Dispose();
        _disk.Inner.Faults = call =>
            call.Kind == DiskCallKind.WriteDurable ? new DiskFault(DiskFaultKind.ErrorBefore) : DiskFault.None;
        List<Exception?> told = [];
        _writes.Begin("a", 0, [7], told.Add);
        Assert.That(told, Is.Empty, "not before its time is over");
        _world.RunUntil(1_000_000);
        Assert.That(told, Has.Count.EqualTo(1).And.All.TypeOf<DiskException>());
    }

    [Test]
    public void Begin_ProcessPauses_IsToldWhenItGoesOn()
    {
        CreateFile().Dispose();
        int told = 0;
        _writes.Begin("a", 0, [7], _ => told++);
        _machine.Pause();
        _world.RunUntil(1_000_000);
        Assert.That(told, Is.Zero);
        _machine.Resume();
        Assert.That(told, Is.EqualTo(1));
    }

    [Test]
    public void SlowTimes_OfADevice_ComeAndGo()
    {
        Begin(1, DiskTiming.Good with { SlowPauseMean = 1_000_000, SlowDurationMean = 300_000, SlowFactor = 100 });
        int slow = 0;
        for (int second = 0; second < 1000; second++)
        {
            _world.RunUntil(second * 100_000);
            slow += _disk.Device.IsSlow ? 1 : 0;
        }

        Assert.That(slow, Is.InRange(50, 600));
    }

    private void Begin(ulong seed, DiskTiming timing)
    {
        _world = new SimulatedWorld(seed);
        _machine = new SimulatedMachine(_world, "one", ScheduleSettings.Quiet);
        var device = new SimulatedDevice(_world, "one", timing);
        _disk = new TimedDisk(new SimulatedDisk(_world.RandomOf("crashes")), device);
        _writes = new OverlappingWrites(_disk, _machine);
    }

    private IDiskFile CreateFile()
    {
        IDiskFile file = _disk.Open("a", DiskOpenMode.New);
        file.Write(0, new byte[20_000]);
        file.Sync();
        _disk.Sync();
        return file;
    }
}
