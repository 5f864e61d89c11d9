using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store.Log;

namespace Keelson.Simulation.OneNode;

/// <summary>What goes wrong with a node, and when; everything is mended when it is told to end.</summary>
internal sealed class FaultPlan
{
    private readonly SimulatedWorld _world;
    private readonly StoreNode _node;
    private readonly NodeSettings _settings;
    private readonly SeededRandom _random;
    private bool _isOver;

    public FaultPlan(SimulatedWorld world, StoreNode node, NodeSettings settings)
    {
        _world = world;
        _node = node;
        _settings = settings;
        _random = world.RandomOf($"faults of {node.Name}");
        PlanNext();
        PlanStart();
    }

    /// <summary>How often each kind struck, by <see cref="NodeFault"/>.</summary>
    public long[] Struck { get; } = new long[Enum.GetValues<NodeFault>().Length];

    /// <summary>Time in which the process stood still.</summary>
    public long PausedMicroseconds { get; private set; }

    /// <summary>Bits at rest have changed: what was durable may be damaged, and the node may say so and stop.</summary>
    public bool HasRot { get; private set; }

    /// <summary>No fault begins any more, and what can be mended is.</summary>
    public void End()
    {
        _isOver = true;
        _world.Note("faults end");
        _node.Disk.Faults = null;
        _node.Disk.CapacityBytes = long.MaxValue;
        _node.Device.Mend();
        if (_node.Machine is { IsPaused: true } machine)
        {
            machine.Resume();
        }
    }

    private void PlanNext()
    {
        if (_settings.Faults.Count > 0)
        {
            _world.After(_settings.FaultPause.Draw(_random), "fault", () =>
            {
                if (!_isOver)
                {
                    TryStrike(_settings.Faults[_random.Below(_settings.Faults.Count)]);
                    PlanNext();
                }
            });
        }
    }

    /// <summary>Somebody looks now and then whether the node is down, and starts it.</summary>
    private void PlanStart() => _world.After(1000 + _random.Below(1_000_000), "is it down", () =>
    {
        if (_node.Engine is null && _node.Damage is null)
        {
            _node.Disk.Restart();
            _node.MayFail = HasRot || _node.Disk.CapacityBytes < long.MaxValue;
            _node.Start();
        }

        PlanStart();
    });

    private void TryStrike(NodeFault fault)
    {
        if (!_node.IsServing)
        {
            return;
        }

        Struck[(int)fault]++;
        try
        {
            Strike(fault);
        }
        catch (DiskException)
        {
            // The disk is dead of an earlier fault, which its node has not seen yet.
            _world.Note("nothing more can go wrong");
        }
    }

    private void Strike(NodeFault fault)
    {
        switch (fault)
        {
            case NodeFault.PowerLoss or NodeFault.Kill:
                _node.Crash(losesPower: fault == NodeFault.PowerLoss);
                break;
            case NodeFault.Stop:
                _node.BeginStop();
                break;
            case NodeFault.Pause:
                Pause();
                break;
            case NodeFault.WallJump:
                _node.Clock.JumpWall(_random.Below(2_000_000) - 1_000_000);
                break;
            case NodeFault.Drift:
                _node.Clock.Drift(_random.Below(2 * NodeSettings.DriftPerMillionMax) - NodeSettings.DriftPerMillionMax);
                break;
            default:
                StrikeDisk(fault);
                break;
        }
    }

    private void StrikeDisk(NodeFault fault)
    {
        switch (fault)
        {
            case NodeFault.PowerCut:
                FailCall(DiskFault.PowerCut);
                break;
            case NodeFault.ErrorBefore:
                FailCall(new DiskFault(DiskFaultKind.ErrorBefore));
                break;
            case NodeFault.ErrorAfter:
                FailCall(new DiskFault(DiskFaultKind.ErrorAfter));
                break;
            case NodeFault.DiskFull:
                FillDisk();
                break;
            default:
                Rot();
                break;
        }
    }

    private void Pause()
    {
        SimulatedMachine machine = _node.Machine!;
        long duration = new Spread(1000, 1_000_000 + _random.Below(5_000_000)).Draw(_random);
        if (machine.IsPaused)
        {
            return;
        }

        machine.Pause();
        long since = _world.Now;
        _world.After(duration, "pause ends", () =>
        {
            PausedMicroseconds += _world.Now - since;
            if (_node.Machine == machine && machine.IsPaused)
            {
                machine.Resume();
            }
        });
    }

    /// <summary>
    /// One of the next calls that change something, or of the next syncs: the power goes or the disk says no.
    /// </summary>
    private void FailCall(DiskFault fault)
    {
        bool isSync = _random.Below(2) == 0;
        int left = _random.Below(isSync ? 5 : 60);
        _node.MayFail = true;
        _node.Disk.DiesOfFault = _random.Below(2) == 0;
        _node.Disk.Faults = call =>
        {
            bool counts = isSync
                ? call.Kind == DiskCallKind.Sync
                : call.Kind is not (DiskCallKind.Read or DiskCallKind.List or DiskCallKind.Open);
            // A directory that cannot be synced is the end of a file system, not of a process: ext4 gives up its
            // journal. Nobody goes on behind it.
            counts &= call.Kind != DiskCallKind.SyncNames || fault.Kind == DiskFaultKind.PowerCut;
            if (!counts || left-- != 0)
            {
                return DiskFault.None;
            }

            if (fault.Kind == DiskFaultKind.PowerCut)
            {
                _world.After(0, "power cut", () => _node.Crash(losesPower: true));
            }

            return fault;
        };
    }

    private void FillDisk()
    {
        long used = _node.Disk.List().Sum(LengthOf);
        _node.MayFail = true;
        _node.Disk.CapacityBytes = used + _random.Below(4 << 20);
        _world.Note("disk holds", _node.Disk.CapacityBytes);
        _world.After(new Spread(1000, 5_000_000).Draw(_random), "disk has room", () =>
        {
            _node.Disk.CapacityBytes = long.MaxValue;
        });
    }

    /// <summary>
    /// Not in the log: of its newest record nobody can say whether it was still in flight, so a store alone may cut it.
    /// </summary>
    private void Rot()
    {
        List<string> files = [.. _node.Disk.List().Where(name => !IsLog(name) && LengthOf(name) > 0)];
        if (files.Count > 0)
        {
            HasRot = true;
            _node.MayFail = true;
            string file = files[_random.Below(files.Count)];
            long offset = (long)(_random.Next() % (ulong)LengthOf(file));
            _world.Note($"rot in {file} at", offset);
            _node.Disk.FlipBit(file, offset, _random.Below(8));
        }
    }

    private static bool IsLog(string name) => LogSegmentName.TryParse(name, out _) || LogSegmentName.IsPrewrite(name);

    private long LengthOf(string name)
    {
        using IDiskFile file = _node.Disk.Open(name, DiskOpenMode.Existing);
        return file.Length;
    }
}
