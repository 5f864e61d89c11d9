using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>What open files do: under the disk's lock, counted and failing like the rest.</summary>
public sealed partial class SimulatedDisk
{
    /// <summary>
    /// Begins a durable write that other calls may overtake: readers see its bytes, a power cut may lose or tear them,
    /// and <see cref="Complete"/> makes them durable. Counted as a durable write.
    /// </summary>
    public UnsyncedOperation BeginWriteDurable(IDiskFile file, long offset, ReadOnlySpan<byte> source) =>
        WriteDurable((SimulatedDiskFile)file, offset, source, begin: true);

    /// <summary>The write that was begun returns: its bytes are durable.</summary>
    public void Complete(UnsyncedOperation write)
    {
        lock (_lock)
        {
            if (_deadBecause is not null)
            {
                throw new DiskException(DiskError.Failed, $"{write}: the disk is dead since {_deadBecause}");
            }

            write.Inode!.Settle(write);
        }
    }

    internal long Length(SimulatedDiskFile file)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            return file.Inode.Live.Length;
        }
    }

    internal int Read(SimulatedDiskFile file, long offset, Span<byte> destination)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Read, file.Name, offset, destination.Length);
            int count = file.Inode.Live.Read(offset, destination);
            LeaveLocked(call, fault);
            return count;
        }
    }

    internal void Write(SimulatedDiskFile file, long offset, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Write, file.Name, offset, source.Length);
            WriteLocked(file, offset, source);
            LeaveLocked(call, fault);
        }
    }

    internal UnsyncedOperation WriteDurable(
        SimulatedDiskFile file, long offset, ReadOnlySpan<byte> source, bool begin = false)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            (DiskCall call, DiskFault fault) =
                EnterLocked(DiskCallKind.WriteDurable, file.Name, offset, source.Length);
            UnsyncedOperation write = WriteLocked(file, offset, source);
            write.InFlight = begin;
            if (!begin && fault.Kind != DiskFaultKind.PowerCut)
            {
                file.Inode.Settle(write);
            }

            LeaveLocked(call, fault);
            return write;
        }
    }

    internal void Sync(SimulatedDiskFile file)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            (DiskCall call, DiskFault fault) =
                EnterLocked(DiskCallKind.Sync, file.Name, 0, file.Inode.Live.Length, file.Inode.FailSync);
            if (fault.Kind != DiskFaultKind.PowerCut)
            {
                file.Inode.Sync();
            }

            LeaveLocked(call, fault);
        }
    }

    internal void Truncate(SimulatedDiskFile file, long length)
    {
        lock (_lock)
        {
            CheckOpenLocked(file);
            (DiskCall call, DiskFault fault) = EnterLocked(DiskCallKind.Truncate, file.Name, length, 0);
            RequireRoomLocked(file, length - file.Inode.Live.Length);
            file.Inode.Apply(new(++_operations, UnsyncedKind.Truncate, file.Name)
            {
                Inode = file.Inode,
                Offset = length,
            });
            LeaveLocked(call, fault);
        }
    }

    /// <summary>A write that does not fit writes what does, as ENOSPC does, and fails.</summary>
    private UnsyncedOperation WriteLocked(SimulatedDiskFile file, long offset, ReadOnlySpan<byte> source)
    {
        long growth = offset + source.Length - file.Inode.Live.Length;
        int missing = (int)Math.Clamp(growth - FreeBytesLocked, 0, source.Length);
        var write = new UnsyncedOperation(++_operations, UnsyncedKind.Write, file.Name)
        {
            Inode = file.Inode,
            Offset = offset,
            Data = source[..^missing].ToArray(),
        };
        file.Inode.Apply(write);
        RequireRoomLocked(file, missing == 0 ? 0 : long.MaxValue);
        return write;
    }

    private void RequireRoomLocked(SimulatedDiskFile file, long growth)
    {
        if (growth > FreeBytesLocked)
        {
            throw new DiskException(DiskError.Full, $"{file.Name}: no space left");
        }
    }

    private void CheckOpenLocked(SimulatedDiskFile file)
    {
        ObjectDisposedException.ThrowIf(file.Closed, file);
        if (file.Boot != _boot)
        {
            throw new DiskException(DiskError.Failed, $"{file.Name}: opened before the last crash or restart");
        }
    }
}
