using System.Globalization;
using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>
/// A directory in memory that loses, tears and damages what a real one may lose, tear and damage. What it decides by
/// chance comes from the <see cref="IRandom"/> it is given; all calls are serialised by one lock.
/// </summary>
/// <remarks>
/// Facts it keeps: a write is volatile until a sync of its file returns; a durable write alone is durable when it
/// returns. Names are volatile until <see cref="Sync()"/>. A power cut keeps any subset of what is volatile, in any
/// combination of 512-byte sectors. What a failed sync covered is never made durable by a later one.
/// </remarks>
public sealed partial class SimulatedDisk : IDisk
{
    /// <summary>The journal keeps this many calls.</summary>
    public const int JournalCallsMax = 4096;

    private readonly Lock _lock = new();
    private readonly IRandom _random;
    private readonly Queue<DiskCall> _journal = new();
    private SimulatedNames _names = new();
    private long _calls;
    private long _operations;
    private int _boot;
    private string? _deadBecause;

    public SimulatedDisk(IRandom random)
    {
        _random = random;
    }

    /// <summary>Decides what happens to a call; runs under the disk's lock and must not call the disk.</summary>
    public Func<DiskCall, DiskFault>? Faults { get; set; }

    /// <summary>After an injected error every call fails until a crash or a restart: the default.</summary>
    public bool DiesOfFault { get; set; } = true;

    /// <summary>Bytes that all files together may hold.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>No more is ever free: what is given back beyond it, somebody else takes.</summary>
    public long FreeBytesMax { get; set; } = long.MaxValue;

    /// <summary>How many calls were made so far; <see cref="FreeBytes"/> and lengths are not counted.</summary>
    public long Calls
    {
        get
        {
            lock (_lock)
            {
                return _calls;
            }
        }
    }

    /// <summary>The last calls, one a line: for messages of failed tests.</summary>
    public string Journal
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _journal);
            }
        }
    }

    public long FreeBytes
    {
        get
        {
            lock (_lock)
            {
                return FreeBytesLocked;
            }
        }
    }

    /// <summary>What a power cut leaves whole: writes are torn at multiples of 512, whatever is said here.</summary>
    public int SectorBytes { get; set; } = 512;

    private long FreeBytesLocked => Math.Clamp(
        CapacityBytes - _names.LiveInodes.Sum(inode => inode.Live.Length), 0, FreeBytesMax);

    /// <summary>Lets the call with this number (see <see cref="Calls"/>) fail.</summary>
    public void FailCall(long number, DiskFault fault) =>
        Faults = call => call.Number == number ? fault : DiskFault.None;

    public IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.List, "", 0, 0);
            LeaveLocked(call, fault);
            return [.. _names.Live];
        }
    }

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_lock)
        {
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Open, name, 0, 0);
            SimulatedInode? inode = _names.Find(name);
            if (inode is null != (mode == DiskOpenMode.New))
            {
                DiskError error = inode is null ? DiskError.NotFound : DiskError.Exists;
                throw new DiskException(error, $"{name}: {error}");
            }

            if (inode is null)
            {
                inode = new SimulatedInode();
                _names.Apply(NewOperation(UnsyncedKind.Create, name, inode));
            }

            LeaveLocked(call, fault);
            return new SimulatedDiskFile(this, inode, name, _boot);
        }
    }

    public void Rename(string source, string target)
    {
        lock (_lock)
        {
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Rename, $"{source} -> {target}", 0, 0);
            SimulatedInode inode = FindLocked(source);
            if (source != target)
            {
                _names.Apply(NewOperation(UnsyncedKind.Rename, source, inode, target));
            }

            LeaveLocked(call, fault);
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Delete, name, 0, 0);
            _names.Apply(NewOperation(UnsyncedKind.Delete, name, FindLocked(name)));
            LeaveLocked(call, fault);
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.SyncNames, "", 0, 0, _names.FailSync);
            if (fault.Kind != DiskFaultKind.PowerCut)
            {
                _names.Sync();
            }

            LeaveLocked(call, fault);
        }
    }

    private SimulatedInode FindLocked(string name) =>
        _names.Find(name) ?? throw new DiskException(DiskError.NotFound, $"{name}: no such file");

    private UnsyncedOperation NewOperation(UnsyncedKind kind, string file, SimulatedInode inode, string target = "") =>
        new(++_operations, kind, file) { Inode = inode, Target = target };

    private (DiskCall Call, DiskFault Fault) EnterLocked(
        DiskCallKind kind, string file, long offset, long length, Action? onError = null)
    {
        var call = new DiskCall(++_calls, kind, file, offset, length);
        _journal.Enqueue(call);
        if (_journal.Count > JournalCallsMax)
        {
            _journal.Dequeue();
        }

        if (_deadBecause is not null)
        {
            throw new DiskException(DiskError.Failed, $"{call}: the disk is dead since {_deadBecause}");
        }

        DiskFault fault = Faults?.Invoke(call) ?? DiskFault.None;
        if (fault.Kind == DiskFaultKind.ErrorBefore)
        {
            onError?.Invoke();
            ThrowInjectedLocked(call, fault);
        }

        return (call, fault);
    }

    private void LeaveLocked(DiskCall call, DiskFault fault)
    {
        if (fault.Kind != DiskFaultKind.None)
        {
            ThrowInjectedLocked(call, fault);
        }
    }

    private void ThrowInjectedLocked(DiskCall call, DiskFault fault)
    {
        if (DiesOfFault || fault.Kind == DiskFaultKind.PowerCut)
        {
            _deadBecause = string.Create(CultureInfo.InvariantCulture, $"{call} ({fault.Kind})");
        }

        throw new DiskException(fault.Error, $"{call}: injected {fault.Kind}");
    }
}
