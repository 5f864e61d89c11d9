using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

public sealed class HistoryTailTests
{
    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void ReadAndCursor_AnyBatchesInMemory_EqualList(ulong seed)
    {
        using var model = new HistoryModel(seed, new SimulatedDisk(new SeededRandom(seed)));
        for (int batch = 0; batch < 30; batch++)
        {
            model.AppendBatch();
        }

        model.Check();
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void Cursor_ReadWhileBatchesArrive_YieldsEachFrameOnce(ulong seed)
    {
        using var model = new HistoryModel(seed, new SimulatedDisk(new SeededRandom(seed)));
        var cursor = new HistoryCursor(model.History);
        cursor.Seek(Revision.First);
        List<HistoryChange> found = [];
        for (int batch = 0; batch < 40; batch++)
        {
            model.AppendBatch();
            found.AddRange(model.Walk(cursor, model.Current));
        }

        Assert.That(found, Is.EqualTo(model.Changes));
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void Cursor_WithBatchEnds_YieldsEachWithItsHash(ulong seed)
    {
        using var model = new HistoryModel(seed, new SimulatedDisk(new SeededRandom(seed)));
        for (int batch = 0; batch < 30; batch++)
        {
            model.AppendBatch();
        }

        using EpochPin pin = model.Epochs.Enter();
        var cursor = new HistoryCursor(model.History) { IncludeBatchEnds = true };
        cursor.Seek(Revision.First);
        List<(int Changes, HistoryBatchEnd End)> found = [];
        int changes = 0;
        while (cursor.TryNext(model.Current, out HistoryFrame frame))
        {
            changes += frame.IsBatchEnd ? 0 : 1;
            if (HistoryBatchEnd.TryRead(frame, out HistoryBatchEnd end))
            {
                found.Add((changes, end));
            }
        }

        Assert.That(found, Is.EqualTo(model.BatchEnds));
    }

    [Test]
    public void EndBatch_SameBatches_SameChainHash_OtherByte_AnotherOne()
    {
        ulong first = ChainOf(7);
        Assert.That(ChainOf(7), Is.EqualTo(first));
        Assert.That(ChainOf(8), Is.Not.EqualTo(first));
    }

    [Test]
    public void Append_RevisionNotAfterTheLast_IsABug()
    {
        using var model = new HistoryModel(1, new SimulatedDisk(new SeededRandom(1)));
        model.History.Append(new ChangeRevision(2, 1), HistoryFlags.None, 8);
        Assert.Throws<InvariantException>(
            () => model.History.Append(new ChangeRevision(2, 1), HistoryFlags.None, 8));
    }

    [Test]
    public void Read_RevisionThatNeverWas_IsDamage()
    {
        using var model = new HistoryModel(1, new SimulatedDisk(new SeededRandom(1)));
        model.History.Append(new ChangeRevision(2, 0), HistoryFlags.None, 8).Clear();
        model.History.EndBatch(new LogIndex(1), new Term(1), 0);
        Assert.Throws<StoreDamageException>(() => model.History.Read(new ChangeRevision(2, 1)));
        Assert.Throws<StoreDamageException>(() => model.History.Read(new ChangeRevision(1, 0)));
    }

    [Test]
    public void Read_RevisionsWithGaps_AreFound()
    {
        // A restored backup may skip revisions (etcdutl snapshot restore --bump-revision).
        using var model = new HistoryModel(1, new SimulatedDisk(new SeededRandom(1)));
        long[] mains = [2, 3, 1_000_000_000, 1_000_000_001, long.MaxValue - 1];
        foreach (long main in mains)
        {
            model.History.Append(new ChangeRevision(main, 0), HistoryFlags.None, 8).Fill((byte)(main % 251));
        }

        model.History.EndBatch(new LogIndex(1), new Term(1), 0);
        foreach (long main in mains)
        {
            Assert.That(model.History.Read(new ChangeRevision(main, 0))[0], Is.EqualTo((byte)(main % 251)));
        }
    }

    [Test]
    public void Append_And_Read_InTheTail_AllocateNothing()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var epochs = new EpochGate();
        using var history = new HistoryStore(new HistoryOptions(), epochs, disk, HistoryState.Empty);
        AppendAndRead(history, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AppendAndRead(history, 1002);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void KeyValue_AllFields_EqualEtcdsBytes()
    {
        // Field by field after the protobuf encoding guide: tag, then value.
        var keyValue = new KeyValueView
        {
            Key = "k"u8,
            CreateRevision = new Revision(2),
            ModRevision = new Revision(300),
            Version = 4,
            Value = "v"u8,
            Lease = new LeaseId(5),
        };
        byte[] bytes = new byte[KeyValueCodec.Size(keyValue)];
        KeyValueCodec.Write(keyValue, bytes);
        Assert.That(bytes, Is.EqualTo(Convert.FromHexString("0A016B100218AC0220042A01763005")));
        Assert.That(KeyValueView.TryRead(bytes, out KeyValueView read), Is.True);
        Assert.That(read.Key.ToArray(), Is.EqualTo("k"u8.ToArray()));
        Assert.That(read.Value.ToArray(), Is.EqualTo("v"u8.ToArray()));
        Assert.That(
            (read.CreateRevision.Value, read.ModRevision.Value, read.Version, read.Lease.Value),
            Is.EqualTo((2, 300, 4, 5)));
    }

    [Test]
    public void KeyValue_Tombstone_IsKeyAndModRevision()
    {
        var keyValue = new KeyValueView { Key = "k"u8, ModRevision = new Revision(7) };
        byte[] bytes = new byte[KeyValueCodec.TombstoneSize(1, new Revision(7))];
        KeyValueCodec.Write(keyValue, bytes);
        Assert.That(bytes, Is.EqualTo(Convert.FromHexString("0A016B1807")));
    }

    [Test]
    public void KeyValue_CutAnywhere_IsRefusedOrShorter()
    {
        byte[] bytes = Convert.FromHexString("0A016B100218AC0220042A01763005");
        for (int length = 0; length < bytes.Length; length++)
        {
            var reader = new ProtoReader(bytes.AsSpan(0, length));
            while (reader.Next())
            {
                reader.Skip();
            }

            bool isMessage = !reader.Malformed;
            Assert.That(KeyValueView.TryRead(bytes.AsSpan(0, length), out _), Is.EqualTo(isMessage));
        }
    }

    private static ulong ChainOf(byte value)
    {
        using var model = new HistoryModel(1, new SimulatedDisk(new SeededRandom(1)));
        model.History.Append(new ChangeRevision(2, 0), HistoryFlags.None, 8).Fill(value);
        return model.History.EndBatch(new LogIndex(1), new Term(1), 5);
    }

    private static void AppendAndRead(HistoryStore history, long mainFirst)
    {
        for (long main = mainFirst; main < mainFirst + 1000; main++)
        {
            history.Append(new ChangeRevision(main, 0), HistoryFlags.None, 64).Fill((byte)(main % 251));
            using EpochPin pin = history.Epochs.Enter();
            Invariant.Require(history.Read(new ChangeRevision(main, 0))[63] == (byte)(main % 251));
        }

        history.EndBatch(new LogIndex(mainFirst), new Term(1), 0);
    }
}
