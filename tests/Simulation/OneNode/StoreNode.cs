using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store;
using Keelson.Store.Host;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// A machine with the production engine on it: starts, crashes, pauses, starts again. Its disk, clock and recorded log
/// outlive its processes.
/// </summary>
internal class StoreNode
{
    private readonly SimulatedWorld _world;
    private readonly NodeSettings _settings;
    private readonly SimulatedDevice _device;
    private readonly SeededRandom _chance;
    private SimulatedThreads? _threads;
    private bool _isStopping;
    private bool _isFailing;

    public StoreNode(SimulatedWorld world, NodeSettings settings, string name = "node")
    {
        _world = world;
        _settings = settings;
        Name = name;
        _device = new SimulatedDevice(world, name, settings.Disk);
        _chance = world.RandomOf($"ids of {name}");
        Disk = new SimulatedDisk(world.RandomOf($"what survives of {name}"));
        Recorder = new LogRecorder(world);
        Clock = new SimulatedClock(world);
        Clock.Drift(settings.DriftPerMillion);
    }

    public string Name { get; }

    public SimulatedDisk Disk { get; }

    public SimulatedDevice Device => _device;

    public SimulatedClock Clock { get; }

    public LogRecorder Recorder { get; }

    /// <summary>While it runs.</summary>
    public StoreEngine? Engine { get; private set; }

    public SimulatedMachine? Machine { get; private set; }

    /// <summary>It runs, and nobody has told it to stop.</summary>
    public bool IsServing => Engine is not null && !_isStopping;

    /// <summary>How often it was started.</summary>
    public int Boots { get; private set; }

    /// <summary>A disk call fails, or the disk is damaged: the engine may stop with a disk's error.</summary>
    public bool MayFail { get; set; }

    /// <summary>Why it will never start again: it found durable data damaged, and says so.</summary>
    public StoreDamageException? Damage { get; private set; }

    /// <summary>When it went down; the sum of all such times.</summary>
    public long DownMicroseconds { get; private set; }

    public long DownSince { get; private set; }

    /// <summary>A process ends: what waited for it gets no answer.</summary>
    public Action<StoreNode> Ended { get; set; } = static _ => { };

    protected SimulatedWorld World => _world;

    protected NodeSettings Settings => _settings;

    public void Start()
    {
        Boots++;
        Machine = new SimulatedMachine(_world, $"{Name} {Boots}", _settings.Schedule);
        IDisk disk = WrapDisk(new TimedDisk(Disk, _device));
        _threads = CreateThreads(Machine);
        var options = new StoreOptions
        {
            LogSegmentBytes = 2 << 20,
            TailBytesMax = _settings.TailBytes,
            WatchProgressInterval = TimeSpan.FromSeconds(2),
            Failed = OnFailed,
            Tuning = _settings.Tuning,
        };
        try
        {
            var surroundings = new EngineSurroundings(disk, WrapClock(Clock), _chance)
            {
                Threads = _threads,
                Ordering = CreateOrdering(),
            };
            Engine = StoreEngine.Open(options, surroundings);
            Opened(Engine);
            _world.Note($"{Name} runs, applied", Engine.State.AppliedIndex.Value);
            DownMicroseconds += _world.Now - DownSince;
        }
        catch (DiskException exception) when (MayFail)
        {
            _world.Note($"{Name} does not start: {exception.Message}");
            GoDown();
        }
        catch (StoreDamageException exception)
        {
            Damage = exception;
            GoDown();
        }
    }

    /// <summary>Ends the process; with the power, what was not synced may be lost.</summary>
    public void Crash(bool losesPower)
    {
        _world.Note(losesPower ? $"{Name} loses power" : $"{Name} is killed");
        GoDown();
        if (losesPower)
        {
            Disk.Crash();
        }
        else
        {
            Disk.Restart();
        }
    }

    /// <summary>Asks the process to end by itself.</summary>
    public void BeginStop()
    {
        if (Engine is { } engine && !_isStopping)
        {
            _world.Note($"{Name} stops");
            _isStopping = true;
            engine.BeginStop();
            AwaitStop(engine);
        }
    }

    protected virtual IOrdering CreateOrdering() => new SoloOrdering();

    /// <summary>A store alone has applied all that its log holds.</summary>
    protected virtual void Opened(StoreEngine engine) =>
        Recorder.TruncateAfter(engine.State.AppliedIndex.Value);

    protected virtual IDisk WrapDisk(TimedDisk disk) => disk;

    protected virtual IClock WrapClock(SimulatedClock clock) => clock;

    protected virtual SimulatedThreads CreateThreads(SimulatedMachine machine) =>
        new(machine, new TimedDisk(Disk, _device), Recorder);

    private void AwaitStop(StoreEngine engine) => _world.After(1000, "is it stopped", () =>
    {
        if (Engine != engine || _isFailing)
        {
            return;
        }

        if (Machine!.IsPaused || !engine.IsAnswered)
        {
            AwaitStop(engine);
            return;
        }

        FinishStop(engine);
    });

    private void FinishStop(StoreEngine engine)
    {
        try
        {
            engine.FinishStop();
        }
        catch (DiskException exception) when (MayFail)
        {
            _world.Note($"the last checkpoint fails: {exception.Message}");
        }

        Ended(this);
        Machine!.Kill();
        Leave();
        Disk.Restart();
    }

    private void OnFailed(Exception exception)
    {
        if (exception is ProcessKilledException)
        {
            return;
        }

        if (!MayFail || exception is not (DiskException or StoreDamageException))
        {
            throw new NodeFailedException(exception);
        }

        _world.Note($"{Name} fails: {exception.Message}");
        _isFailing = true;
        // Whoever runs is in the middle of a step: the process is gone when that has ended.
        StoreEngine? engine = Engine;
        _world.After(0, $"{Name} is gone", () =>
        {
            if (Engine == engine)
            {
                Crash(losesPower: false);
            }
        });
    }

    private void GoDown()
    {
        Ended(this);
        _threads?.Kill();
        Leave();
    }

    private void Leave()
    {
        DownSince = Engine is null ? DownSince : _world.Now;
        Engine = null;
        Machine = null;
        _threads = null;
        _isStopping = false;
        _isFailing = false;
    }
}
