using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Fuzz.Targets;

/// <summary>
/// Recovery over damaged segments: entries that were written, or damage. What it recovered, a second recovery finds.
/// </summary>
internal sealed class LogTarget : FuzzTarget
{
    private const int EntriesMax = 40;
    private static readonly LogOptions Options = new() { SegmentBytes = LogOptions.SegmentBytesMin };
    private static readonly string[] Names = [LogSegmentName.Of(1), LogSegmentName.Of(2), LogSegmentName.Of(3)];

    public override string Name => "log";

    public override int SmokeInputs => 5000;

    /// <summary>Recovery also prepares a segment, in memory here.</summary>
    public override long AllocatedBytesMax(FuzzInput input) =>
        (FuzzLimits.AllocationFactor * (long)Options.SegmentBytes) + base.AllocatedBytesMax(input);

    public override Func<bool> Prepare(FuzzInput input)
    {
        SimulatedDisk disk = DiskImage.Create(Names, input.Parts);
        var budgeted = BudgetedDisk.For(input, disk);
        return () =>
        {
            long entries = Recover(budgeted, incarnation: 2, input.Resealed);
            long again = entries < 0 ? entries : Recover(budgeted, incarnation: 3, input.Resealed);
            FuzzViolationException.Require(again == entries, $"{entries} entries, then {again}");
            return entries >= 0;
        };
    }

    public override bool TryReseal(byte[][] parts)
    {
        foreach (byte[] part in parts)
        {
            for (int at = 0; at + LogFormat.HeaderBytes <= part.Length; at += LogFormat.RecordAlignmentBytes)
            {
                Span<byte> record = part.AsSpan(at);
                if (BinaryPrimitives.ReadUInt32LittleEndian(record) == LogFormat.Magic)
                {
                    Reseal(record);
                }
            }
        }

        return true;
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() => [Sample(3), Sample(EntriesMax)];

    /// <summary>How many entries there are; -1 for damage.</summary>
    private static long Recover(IDisk disk, ulong incarnation, bool resealed)
    {
        LogRecovery recovery = Open(disk, incarnation);
        if (recovery.Damage is not null)
        {
            return -1;
        }

        using LogAppender? appender = recovery.Appender;
        FuzzViolationException.Require(appender is not null, "neither damage nor an appender");
        using LogReplay replay = recovery.Replay(default);
        long entries = 0;
        while (replay.TryReadNext(out LogEntryView entry))
        {
            entries++;
            bool asWritten = entry.Index.Value == entries
                && entry.Payload.SequenceEqual(Payload(entry.Index.Value));
            FuzzViolationException.Require(resealed || asWritten, $"entry {entry.Index} was never written like this");
        }

        FuzzViolationException.Require(resealed || entries == recovery.LastIndex.Value, "entries are missing");
        return entries;
    }

    /// <summary>Each start has an incarnation of its own: what an earlier one left behind the cut stays out.</summary>
    private static LogRecovery Open(IDisk disk, ulong incarnation) =>
        LogRecovery.Open(disk, Options, new LogRecoveryPoint(default, default, incarnation));

    private static FuzzInput Sample(int entries)
    {
        SimulatedDisk disk = DiskImage.Empty();
        LogRecovery recovery = Open(disk, incarnation: 1);
        using (LogAppender appender = recovery.Appender!)
        {
            for (int index = 1; index <= entries; index++)
            {
                byte[] payload = Payload(index);
                while (!appender.HasRoom(payload.Length))
                {
                    RunSegmentWork(disk, appender);
                }

                appender.Stage(new LogIndex(index), new Term(1), payload);
                Write(disk, appender);
                RunSegmentWork(disk, appender);
            }
        }

        return new FuzzInput(DiskImage.Read(disk, disk.List().Intersect(Names)));
    }

    private static void Write(SimulatedDisk disk, LogAppender appender)
    {
        LogWrite write = appender.TakeWrite();
        using (IDiskFile file = disk.Open(write.SegmentName, DiskOpenMode.Existing))
        {
            file.WriteDurable(write.Offset, write.Bytes);
        }

        appender.Complete(write);
    }

    private static void RunSegmentWork(SimulatedDisk disk, LogAppender appender)
    {
        while (appender.TakeSegmentWork() is { } work)
        {
            work.Run(disk);
            appender.CompleteSegmentWork(work);
        }
    }

    private static byte[] Payload(long index)
    {
        var payload = new byte[(int)(index * 37 % 700)];
        new SeededRandom((ulong)index).Fill(payload);
        return payload;
    }

    private static void Reseal(Span<byte> record)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(record[LogFormat.PayloadLengthOffset..]);
        if (length >= 0 && length <= record.Length - LogFormat.HeaderBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                record[LogFormat.PayloadChecksumOffset..],
                Crc32C.Compute(record.Slice(LogFormat.HeaderBytes, length)));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            record[LogFormat.HeaderChecksumOffset..],
            Crc32C.Compute(record[LogFormat.HeaderChecksumStart..LogFormat.HeaderBytes]));
    }
}
