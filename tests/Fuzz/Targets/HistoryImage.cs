using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Fuzz.Targets;

/// <summary>A small history on disk, and what it holds.</summary>
internal sealed class HistoryImage
{
    public static readonly HistoryOptions Options = new()
    {
        SegmentBytesMax = 2000,
        ChunkBytes = 400,
        TailBytesMax = 1000,
        CacheBytesMax = 16 * 400,
        IndexStrideBytes = 128,
        WriteBytesMax = 300,
        ReadAheadBytes = 500,
        OpenFilesMax = 4,
    };

    public HistoryImage(int revisions)
    {
        SimulatedDisk disk = DiskImage.Empty();
        using var epochs = new EpochGate();
        using var history = new HistoryStore(Options, epochs, disk, HistoryState.Empty);
        for (int at = 1; at <= revisions; at++)
        {
            var revision = new ChangeRevision(Revision.First.Value + at, 0);
            byte[] keyValue = KeyValue(revision);
            keyValue.CopyTo(history.Append(revision, HistoryFlags.None, keyValue.Length));
            Changes.Add(revision);
            history.EndBatch(new LogIndex(at), new Term(1), at);
        }

        var checkpoint = new HistoryCheckpoint(history, history.Position);
        while (checkpoint.TryTake(out HistoryWrite write))
        {
            DiskOpenMode mode = write.IsNewFile ? DiskOpenMode.New : DiskOpenMode.Existing;
            using IDiskFile file = disk.Open(write.FileName, mode);
            file.Write(write.Offset, write.Bytes);
        }

        State = checkpoint.Complete();
        Names = [.. State.FileNames];
        Files = DiskImage.Read(disk, Names);
    }

    public HistoryState State { get; }

    public IReadOnlyList<string> Names { get; }

    public byte[][] Files { get; }

    public List<ChangeRevision> Changes { get; } = [];

    public static byte[] KeyValue(ChangeRevision revision)
    {
        var bytes = new byte[1 + (int)(revision.Main * 13 % 90)];
        new SeededRandom((ulong)revision.Main).Fill(bytes);
        return bytes;
    }
}
