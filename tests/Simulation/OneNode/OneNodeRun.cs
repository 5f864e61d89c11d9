using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Simulation.World;
using Keelson.Store.Mvcc;
using AlarmVerb = Keelson.Simulation.Model.AlarmVerb;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// One seed: a node with clients, watchers and faults for a while (safety), then without faults until it has answered
/// everything (liveness); then what everybody was told is judged.
/// </summary>
internal class OneNodeRun
{
    private const long Second = 1_000_000;

    /// <summary>A store that is well again answers everything within this.</summary>
    private const long LivenessMicroseconds = 120 * Second;

    private readonly SimulatedWorld _world;
    private readonly NodeSettings _settings;
    private readonly CallHistory _history;
    private readonly RevisionFloor _floor = new();
    private readonly List<NodeClient> _clients = [];
    private readonly List<NodeWatcher> _watchers = [];
    private readonly ClientLoad _load;
    private readonly StoreNode _node;
    private readonly FaultPlan _faults;

    /// <summary>The store came to rest, and has to hold everything; else it found damage and says so.</summary>
    private bool _isWhole;

    public OneNodeRun(ulong seed, Canary canary = Canary.None)
    {
        _world = new SimulatedWorld(seed);
        _settings = canary == Canary.None ? NodeSettings.Draw(_world.RandomOf("settings")) : Canaries.Settings(canary);
        _history = new CallHistory(() => _world.Now);
        _load = new ClientLoad(_world, _history, _settings.Think);
        _node = Canaries.CreateNode(canary, _world, _settings);
        _node.Ended = _ => Lose();
        _faults = new FaultPlan(_world, _node, _settings);
        for (int number = 1; number <= _settings.Clients; number++)
        {
            _clients.Add(Canaries.CreateClient(canary, _world, _node, _load, number));
        }

        for (int number = 1; number <= _settings.Watchers; number++)
        {
            _watchers.Add(Canaries.CreateWatcher(canary, _world, _node, number));
        }
    }

    /// <summary>Runs the seed.</summary>
    public SeedReport Run()
    {
        string? complaint;
        RunVerdict? verdict = null;
        try
        {
            RunUntil(_settings.SafetyMicroseconds, () => false);
            complaint = Recover();
            if (!_isWhole || _faults.HasRot)
            {
                // Who reads what is damaged gets nothing, again and again.
                Lose();
            }

            verdict = new RunVerdict(
                _history.Calls, _node.Recorder.Entries, [.. _watchers.SelectMany(watcher => watcher.Logs)])
            {
                Engine = _node.Engine,
                Standstill = _node.DownMicroseconds + _faults.PausedMicroseconds,
                IsWhole = _isWhole && !_faults.HasRot,
                HasRot = _faults.HasRot,
                IsPunctual = _settings.Disk.SlowPauseMean == 0,
            };
            complaint ??= verdict.Judge(_world.Now);
        }
        catch (Exception exception)
        {
            complaint = $"{exception}";
        }

        _node.Crash(losesPower: false);
        return Report(complaint, verdict);
    }

    private SeedReport Report(string? complaint, RunVerdict? verdict) => new(_world.Seed, $"{_settings}")
    {
        Complaint = complaint,
        Journal = _world.Journal,
        TraceHash = _world.Trace.Value,
        Events = _world.Count,
        Calls = (_history.Calls.Count, _history.Calls.Count(call => call.Outcome == CallOutcome.Answered)),
        VirtualMicroseconds = _world.Now,
        Boots = _node.Boots,
        WatchItems = _watchers.Sum(watcher => watcher.Logs.Sum(log => log.Items.Count)),
        ExpiredLeases = verdict?.ExpiredLeases ?? 0,
        Faults = _faults.Struck,
    };

    /// <summary>Everything is mended: a store that is there has to work, and to come to rest.</summary>
    private string? Recover()
    {
        _faults.End();
        _load.IsOver = true;
        long deadline = _world.Now + LivenessMicroseconds;
        if (!RunUntil(deadline, () => _node.Damage is not null || (_node.IsServing && IsQuiet)))
        {
            return "calls are not answered though nothing is wrong any more";
        }

        if (_node.Damage is { } damage)
        {
            return _faults.HasRot ? null : $"refuses to start: {damage.Message}";
        }

        // How much room the disk has is looked at now and then.
        RunUntil(_world.Now + (5 * Second), () => false);
        foreach (Operation last in (Operation[])[
            new Operation.Alarm(AlarmVerb.Deactivate, 1, AlarmType.NoSpace),
            new Operation.Alarm(AlarmVerb.Deactivate, 2, AlarmType.NoSpace),
            new Operation.Put("a", "the last one"),
            new Operation.Range("\0", "\0")])
        {
            if (!_node.IsServing)
            {
                return _faults.HasRot ? null : "does not stay up though nothing is wrong any more";
            }

            Call call = _clients[0].CallNow(last);
            if (!RunUntil(_world.Now + LivenessMicroseconds, () => IsQuiet) || !call.Succeeded)
            {
                return _faults.HasRot ? null : $"{call} although nothing is wrong any more";
            }
        }

        // Leases end, compactions are trimmed, watchers take everything.
        _watchers.ForEach(watcher => watcher.Drains = true);
        RunUntil(_world.Now + (30 * Second), () => false);
        _isWhole = _node.IsServing;
        return _isWhole || _faults.HasRot ? null : "does not stay up though nothing is wrong any more";
    }

    private bool IsQuiet => _clients.TrueForAll(client => !client.IsWaiting);

    /// <summary>Runs until a moment, or until something is reached; looks at everything after each event.</summary>
    private bool RunUntil(long time, Func<bool> isReached)
    {
        while (!isReached())
        {
            if (!_world.Step(time))
            {
                return false;
            }

            Observe();
        }

        return true;
    }

    private void Observe()
    {
        _clients.ForEach(client => client.Observe());
        if (_node.Engine is { } engine)
        {
            StoreState state = engine.State;
            if (_floor.Observe(state.Revision.Value, state.CompactRevision) is { } complaint)
            {
                throw new InvalidOperationException(complaint);
            }
        }
    }

    private void Lose()
    {
        _clients.ForEach(client => client.Lose(_node));
        _watchers.ForEach(watcher => watcher.Lose());
    }
}
