using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Simulation.Network;
using Keelson.Simulation.OneNode;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Cluster;

/// <summary>
/// One seed of a cluster: members, clients and watchers on all of them, faults of machines and of the network (safety);
/// then everything is mended and the cluster has to agree and to work (liveness); then what everybody saw is judged.
/// </summary>
internal sealed class ClusterRun
{
    private const long Second = 1_000_000;
    private const long LivenessMicroseconds = 120 * Second;

    private static readonly MessageForm<Message> Form = new(Encode, Decode);

    private readonly SimulatedWorld _world;
    private readonly ClusterSettings _settings;
    private readonly NodeSettings _load;
    private readonly CallHistory _history;
    private readonly ClientLoad _clientLoad;
    private readonly SimulatedNetwork<Message> _network;
    private readonly NetworkWeather<Message> _weather;
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<FaultPlan> _faults = [];
    private readonly List<ClusterClient> _clients = [];
    private readonly List<NodeWatcher> _watchers = [];
    private readonly ClusterInvariants _invariants = new();

    public ClusterRun(ulong seed, ClusterCanary canary = ClusterCanary.None)
    {
        _world = new SimulatedWorld(seed);
        SeededRandom random = _world.RandomOf("settings");
        _settings = ClusterSettings.Draw(random);
        _load = NodeSettings.Draw(random);
        _history = new CallHistory(() => _world.Now);
        _clientLoad = new ClientLoad(_world, _history, _load.Think);
        _network = new SimulatedNetwork<Message>(_world, _settings.Network, Form);
        foreach (MemberId id in _settings.Members)
        {
            NodeSettings machine = ClusterSettings.Member(random);
            machine = canary == ClusterCanary.None ? machine : ClusterSettings.Member(canary, machine);
            var node = new ClusterNode(_world, machine, _settings, _network, id) { Ended = Lose, Canary = canary };
            _nodes.Add(node);
            _faults.Add(new FaultPlan(_world, node, machine));
        }

        bool hasBlackouts = random.Below(3) == 0 || canary == ClusterCanary.AcknowledgesBeforeDurable;
        if (hasBlackouts)
        {
            PlanBlackout(_world.RandomOf("blackouts"), new Spread(500_000, 8_000_000));
        }

        _weather = new NetworkWeather<Message>(_world, _network, _settings.Members, _settings.Weather);
        for (int number = 1; number <= _load.Clients; number++)
        {
            _clients.Add(new ClusterClient(_world, _nodes, _clientLoad, number) { Canary = canary });
        }

        for (int number = 1; number <= _load.Watchers; number++)
        {
            _watchers.Add(new NodeWatcher(_world, _nodes[number % _nodes.Count], number));
        }
    }

    /// <summary>Runs the seed.</summary>
    public SeedReport Run()
    {
        string? complaint;
        int expired = 0;
        try
        {
            RunUntil(_load.SafetyMicroseconds, () => false);
            complaint = Recover() ?? Judge(out expired);
        }
        catch (Exception exception)
        {
            complaint = $"{exception}";
        }

        _nodes.ForEach(node => node.Crash(losesPower: false));
        return Report(complaint, expired);
    }

    private static byte[] Encode(Message message)
    {
        var bytes = new byte[MessageCodec.Size(message)];
        MessageCodec.Write(message, bytes);
        return bytes;
    }

    private static Message Decode(byte[] bytes) => MessageCodec.TryRead(bytes, out Message? message)
        ? message
        : throw new InvalidDataException("a message that was sent cannot be read");

    private SeedReport Report(string? complaint, int expired) => new(_world.Seed, $"{_settings}\n{_load}")
    {
        Complaint = complaint,
        Journal = _world.Journal,
        TraceHash = _world.Trace.Value,
        Events = _world.Count,
        Calls = (_history.Calls.Count, _history.Calls.Count(call => call.Outcome == CallOutcome.Answered)),
        VirtualMicroseconds = _world.Now,
        Boots = _nodes.Sum(node => node.Boots),
        WatchItems = _watchers.Sum(watcher => watcher.Logs.Sum(log => log.Items.Count)),
        ExpiredLeases = expired,
        Terms = _invariants.Leaders,
        Faults = [.. Enum.GetValues<NodeFault>().Select(fault => _faults.Sum(plan => plan.Struck[(int)fault]))],
    };

    /// <summary>All members lose power at once, as in one rack.</summary>
    private void PlanBlackout(SeededRandom random, Spread pause) => _world.After(pause.Draw(random), "blackout", () =>
    {
        if (!_clientLoad.IsOver)
        {
            _nodes.Where(node => node.Engine is not null).ToList().ForEach(node => node.Crash(losesPower: true));
            PlanBlackout(random, pause);
        }
    });

    private string? Recover()
    {
        _faults.ForEach(plan => plan.End());
        _weather.Stop();
        _network.Settings = NetworkSettings.Good;
        _clientLoad.IsOver = true;
        if (!RunUntil(_world.Now + LivenessMicroseconds, () => AllServe && IsQuiet))
        {
            return $"calls are not answered though nothing is wrong any more\n{Describe()}";
        }

        foreach (ClusterNode node in _nodes)
        {
            foreach (Operation last in (Operation[])[
                new Operation.Alarm(AlarmVerb.Deactivate, 1, AlarmType.NoSpace),
                new Operation.Alarm(AlarmVerb.Deactivate, 2, AlarmType.NoSpace),
                new Operation.Put("a", $"the last one of {node.Name}"),
                new Operation.Range("\0", "\0")])
            {
                Call call = _clients[0].CallNow(last, node);
                if (!RunUntil(_world.Now + LivenessMicroseconds, () => IsQuiet) || !call.Succeeded)
                {
                    return $"{call} by {node.Name} although nothing is wrong any more\n{Describe()}";
                }
            }
        }

        _watchers.ForEach(watcher => watcher.Drains = true);
        RunUntil(_world.Now + (30 * Second), () => false);
        return RunUntil(_world.Now + LivenessMicroseconds, () => HasConverged)
            ? null
            : $"the members do not come to the same state\n{Describe()}";
    }

    private string? Judge(out int expired)
    {
        ClusterNode node = _nodes[0];
        List<LoggedBatch> log = [.. node.Recorder.Entries.Take((int)node.Engine!.State.AppliedIndex.Value)];
        for (int index = 0; index < log.Count; index++)
        {
            // The first to write an entry is its leader, or knows it from there.
            log[index] = log[index] with
            {
                WrittenAt = _nodes.Min(each => each.Recorder.Entries[index].WrittenAt),
            };
        }

        var verdict = new RunVerdict(_history.Calls, log, [.. _watchers.SelectMany(watcher => watcher.Logs)])
        {
            Engine = node.Engine,
            Standstill = _world.Now,
            IsWhole = true,
            HasRot = false,
            IsPunctual = false,
        };
        string? complaint = verdict.Judge(_world.Now);
        expired = verdict.ExpiredLeases;
        return complaint;
    }

    private bool AllServe => _nodes.TrueForAll(node => node.IsServing);

    private bool IsQuiet => _clients.TrueForAll(client => !client.IsWaiting);

    private bool HasConverged => AllServe && _nodes
        .Select(node => (node.Engine!.State.AppliedIndex, node.Engine.State.ChainHash)).Distinct().Count() == 1;

    private string Describe() => string.Join('\n', _nodes.Select(node => node.Replica is { } replica
        ? $"{node.Name}: {replica.Status}, applied {node.Engine!.State.AppliedIndex}"
        : $"{node.Name}: down"));

    private bool RunUntil(long time, Func<bool> isReached)
    {
        while (!isReached())
        {
            if (!_world.Step(time))
            {
                return false;
            }

            _clients.ForEach(client => client.Observe());
            _nodes.ForEach(_invariants.Observe);
        }

        return true;
    }

    private void Lose(StoreNode node)
    {
        ((ClusterNode)node).Disconnect();
        _clients.ForEach(client => client.Lose(node));
        _watchers.Where(watcher => watcher.Node == node).ToList().ForEach(watcher => watcher.Lose());
    }
}
