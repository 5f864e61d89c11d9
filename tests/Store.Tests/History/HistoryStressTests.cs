using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

public sealed class HistoryStressTests
{
    private const int Revisions = 6000;

    /// <summary>
    /// Goal: readers on other threads see every published value whole while the owner appends and maintenance
    /// checkpoints, trims and evicts. Method: a value is its revision repeated, sizes and caches are tiny.
    /// </summary>
    [Test]
    public void Readers_WhileOwnerAppendsAndMaintenanceTrims_SeeWholeValues()
    {
        var disk = new SimulatedDisk(new SeededRandom(9));
        using var epochs = new EpochGate();
        using var history = new HistoryStore(HistoryModel.Tiny, epochs, disk, HistoryState.Empty);
        long published = 1;
        Exception? failure = null;
        Thread[] readers =
        [
            Start(seed => ReadAtRandom(history, seed, () => Volatile.Read(ref published))),
            Start(seed => ReadAtRandom(history, seed, () => Volatile.Read(ref published))),
            Start(seed => Follow(history, () => Volatile.Read(ref published))),
        ];
        var host = new HistoryHost(disk);
        for (long main = 2; main <= Revisions && failure is null; main++)
        {
            int size = 16 + (int)(main % 97);
            Fill(history.Append(new ChangeRevision(main, 0), HistoryFlags.None, size), main);
            if (main % 3 == 0 || main == Revisions)
            {
                history.EndBatch(new LogIndex(main), new Term(1), main);
                Volatile.Write(ref published, main);
            }

            if (main % 60 == 0)
            {
                host.Checkpoint(history);
                history.Trim();
            }
        }

        Volatile.Write(ref published, Revisions);
        Array.ForEach(readers, reader => reader.Join());
        Assert.That(failure, Is.Null);

        Thread Start(Action<ulong> body)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    body((ulong)Environment.CurrentManagedThreadId);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            });
            thread.Start();
            return thread;
        }
    }

    private static void ReadAtRandom(HistoryStore history, ulong seed, Func<long> published)
    {
        var random = new SeededRandom(seed);
        long upTo;
        do
        {
            upTo = published();
            using EpochPin pin = history.Epochs.Enter();
            var reader = new HistoryReader(history);
            long main = 2;
            for (int count = 0; count < 20 && main <= upTo; count++)
            {
                main += random.Below((int)Math.Max(1, upTo / 20));
                if (main <= upTo)
                {
                    RequireWhole(reader.Read(new ChangeRevision(main, 0)), main);
                    RequireWhole(history.Read(new ChangeRevision(main, 0)), main);
                }
            }
        }
        while (upTo < Revisions);
    }

    private static void Follow(HistoryStore history, Func<long> published)
    {
        var cursor = new HistoryCursor(history);
        cursor.Seek(Revision.First);
        long next = 2;
        while (next <= Revisions)
        {
            using EpochPin pin = history.Epochs.Enter();
            for (int turn = 0; turn < 50 && cursor.TryNext(new Revision(published()), out HistoryFrame frame); turn++)
            {
                Assert.That(frame.Revision.Main, Is.EqualTo(next));
                RequireWhole(frame.KeyValue, next);
                next++;
            }
        }
    }

    private static void Fill(Span<byte> value, long main) => value.Fill((byte)(main % 251));

    private static void RequireWhole(ReadOnlySpan<byte> value, long main)
    {
        bool isWhole = value.Length == 16 + (int)(main % 97)
            && value.IndexOfAnyExcept((byte)(main % 251)) < 0;
        if (!isWhole)
        {
            throw new InvalidOperationException($"revision {main} is torn");
        }
    }
}
