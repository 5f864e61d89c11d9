namespace Keelson.Simulation.World;

/// <summary>What LoopThread promises to its steps, an actor promises too.</summary>
public sealed class SimulatedActorTests
{
    private readonly List<long> _steps = [];
    private SimulatedWorld _world = null!;
    private SimulatedMachine _machine = null!;
    private Queue<TimeSpan> _patience = null!;
    private Action _during = static () => { };
    private SimulatedActor _actor = null!;

    [SetUp]
    public void SetUp()
    {
        _world = new SimulatedWorld(1);
        _machine = new SimulatedMachine(_world, "one", ScheduleSettings.Quiet);
        _patience = new Queue<TimeSpan>();
        _during = static () => { };
        _steps.Clear();
        _actor = _machine.Create("loop", Step, exception => Assert.Fail(exception.Message));
    }

    [Test]
    public void Start_NobodyWakes_StepsOnceForInfinitePatience()
    {
        _actor.Start();
        _world.RunUntil(1_000_000);
        Assert.That(_steps, Has.Count.EqualTo(1));
    }

    [Test]
    public void Step_ZeroPatience_IsFollowedAtOnce()
    {
        _patience.Enqueue(TimeSpan.Zero);
        _patience.Enqueue(TimeSpan.Zero);
        _actor.Start();
        _world.RunUntil(1000);
        Assert.That(_steps, Has.Count.EqualTo(3));
    }

    [Test]
    public void Step_FinitePatience_IsFollowedWhenItEnds()
    {
        _patience.Enqueue(TimeSpan.FromMilliseconds(5));
        _actor.Start();
        _world.RunUntil(1_000_000);
        Assert.That(_steps, Has.Count.EqualTo(2));
        Assert.That(_steps[1] - _steps[0], Is.InRange(5000, 5200));
    }

    [Test]
    public void Wake_BeforeTheStart_IsRemembered()
    {
        _actor.Wake();
        _world.RunUntil(1000);
        Assert.That(_steps, Is.Empty);
        _actor.Start();
        _world.RunUntil(2000);
        Assert.That(_steps, Has.Count.EqualTo(1));
    }

    [Test]
    public void Wake_DuringAStep_IsFollowedByAnother()
    {
        _during = () =>
        {
            _during = static () => { };
            _actor.Wake();
        };
        _actor.Start();
        _world.RunUntil(1000);
        Assert.That(_steps, Has.Count.EqualTo(2));
    }

    [Test]
    public void Wake_WhileAsleep_IsFollowedByAStepSoon([Values] bool hasPatience)
    {
        _patience.Enqueue(hasPatience ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan);
        _actor.Start();
        _world.At(10_000, "wake", () =>
        {
            _actor.Wake();
            _actor.Wake();
        });
        _world.RunUntil(20_000);
        Assert.That(_steps, Has.Count.EqualTo(2));
        Assert.That(_steps[1], Is.InRange(10_000, 10_100));
    }

    [Test]
    public void Wake_WhileBusy_WaitsUntilTheTimeIsSpent()
    {
        _during = () => _world.Spend(50_000);
        _actor.Start();
        _world.At(1000, "wake", _actor.Wake);
        _world.RunUntil(200_000);
        Assert.That(_steps[1] - _steps[0], Is.GreaterThanOrEqualTo(50_000));
    }

    [Test]
    public void Pause_OfTheMachine_PutsStepsOffUntilItGoesOn()
    {
        _actor.Start();
        _world.At(1000, "pause", _machine.Pause);
        _world.At(2000, "wake", _actor.Wake);
        bool seen = false;
        _world.At(3000, "write", () => _machine.WhenResumed(() => seen = true));
        _world.RunUntil(50_000);
        Assert.That((_steps.Count, seen), Is.EqualTo((1, false)));

        _machine.Resume();
        _world.RunUntil(60_000);
        Assert.That((_steps.Count, seen), Is.EqualTo((2, true)));
    }

    [Test]
    public void Kill_OfTheMachine_EndsIt()
    {
        _patience.Enqueue(TimeSpan.FromMilliseconds(5));
        _actor.Start();
        _world.RunUntil(1000);
        _machine.Kill();
        _actor.Wake();
        _world.RunUntil(1_000_000);
        Assert.That(_steps, Has.Count.EqualTo(1));
    }

    [Test]
    public void Step_Throws_EndsItAndTells()
    {
        Exception? told = null;
        SimulatedActor actor = _machine.Create(
            "failing", () => throw new InvalidOperationException("no"), exception => told = exception);
        actor.Start();
        _world.RunUntil(1000);
        actor.Wake();
        _world.RunUntil(2000);
        Assert.That(told, Is.TypeOf<InvalidOperationException>());
        Assert.That(actor.HasEnded);
    }

    private TimeSpan Step()
    {
        _steps.Add(_world.Now);
        _during();
        return _patience.TryDequeue(out TimeSpan patience) ? patience : Timeout.InfiniteTimeSpan;
    }
}
