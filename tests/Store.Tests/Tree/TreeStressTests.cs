using System.Buffers.Binary;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>
/// Readers, a checkpoint and eviction beside the owner, with freed memory poisoned: every entry that a reader meets
/// must carry the payload that belongs to its key and revision, in order, and as many as the root says.
/// </summary>
public sealed class TreeStressTests
{
    private const int Batches = 250;
    private const int Keys = 300;

    private sealed record State(TreeRoot Root);

    [Test]
    public void Readers_BesideOwnerCheckpointAndEviction_SeeWholeRoots()
    {
        using var bench = new TreeBench(256, residentBytesMax: 8 * 1024);
        var state = new State(TreeRoot.Empty);
        TreeCheckpoint? checkpoint = null;
        Exception? failure = null;
        using var stop = new CancellationTokenSource();
        int walks = 0;
        int checkpoints = 0;

        void Run(Action turn)
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    turn();
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }

        var cursors = new ThreadLocal<TreeCursor>(() => new TreeCursor(bench.Pages));
        void Read()
        {
            using EpochPin pin = bench.Epochs.Enter();
            Walk(bench.Pages, cursors.Value!, Volatile.Read(ref state).Root);
            Interlocked.Increment(ref walks);
        }

        void Maintain()
        {
            if (Volatile.Read(ref checkpoint) is { } due)
            {
                CheckpointHost.WriteAll(bench.Disk, due);
                due.Complete();
                due.Dispose();
                Volatile.Write(ref checkpoint, null);
                Interlocked.Increment(ref checkpoints);
            }

            bench.Pages.Evict();
        }

        Thread[] threads = [new(() => Run(Read)), new(() => Run(Read)), new(() => Run(Maintain))];
        Array.ForEach(threads, thread => thread.Start());
        var random = new SeededRandom(3);

        bool IsWorn() => Volatile.Read(ref walks) >= 20 && Volatile.Read(ref checkpoints) >= 5;
        for (int batch = 1; (batch <= Batches || !IsWorn()) && failure is null; batch++)
        {
            EditBatch(bench, random, batch);
            bench.Pages.Freeze();
            if (Volatile.Read(ref checkpoint) is null)
            {
                Volatile.Write(ref checkpoint, new TreeCheckpoint(bench.Pages, [bench.Tree.Root]));
            }

            Volatile.Write(ref state, new State(bench.Tree.Root));
        }

        stop.Cancel();
        Array.ForEach(threads, thread => thread.Join());
        checkpoint?.Dispose();
        Assert.That(failure, Is.Null);
        CheckWholeAndWritten(bench);
    }

    private static void CheckWholeAndWritten(TreeBench bench)
    {
        Assert.That(bench.Pages.Segments.Sum(segment => segment.Bytes), Is.GreaterThan(0));

        // What a reader loads may push out what it holds: without a pin that would be freed under it.
        using EpochPin pin = bench.Epochs.Enter();
        Assert.That(TreeVerifier.Verify(bench.Pages, bench.Tree.Root).Faults, Is.Empty);
    }

    private static void EditBatch(TreeBench bench, SeededRandom random, int batch)
    {
        Span<byte> payload = stackalloc byte[8];
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        for (int edit = 0; edit < 8; edit++)
        {
            byte[] key = BitConverter.GetBytes((ushort)(random.Next() % Keys));
            var revision = new ChangeRevision(batch, edit);
            bench.Tree.InsertVersion(key, revision, PayloadOf(key, revision, payload), true);

            // The owner reads its working root, and keeps the tree's size by removing what is old.
            if (batch > 30 && cursor.Seek(bench.Tree.Root, key, new ChangeRevision(batch - 30, 0))
                && cursor.CompareKey(key) == 0)
            {
                Assert.That(bench.Tree.Remove(key, cursor.Revision), Is.True);
            }
        }
    }

    private static void Walk(PageStore pages, TreeCursor cursor, TreeRoot root)
    {
        Span<byte> key = stackalloc byte[2];
        Span<byte> payload = stackalloc byte[8];
        Span<byte> before = stackalloc byte[2];
        long entries = 0;
        long live = 0;
        for (bool more = cursor.SeekFirst(root); more; more = cursor.Next())
        {
            cursor.CopyKey(key);
            ChangeRevision revision = cursor.Revision;
            bool sound = cursor.Payload.SequenceEqual(PayloadOf(key, revision, payload))
                && (entries == 0 || before.SequenceCompareTo(key) <= 0);
            Assert.That(sound, Is.True);
            key.CopyTo(before);
            entries++;
            live += cursor.Live ? 1 : 0;
        }

        Assert.That(entries, Is.EqualTo(root.EntryCount));
        Assert.That(live, Is.EqualTo(root.LiveCount));
        Assert.That(TreeCounter.CountLive(pages, root, [], [], toEnd: true), Is.EqualTo(live));
    }

    private static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> key, ChangeRevision revision, Span<byte> target)
    {
        key.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[2..], (int)revision.Main);
        BinaryPrimitives.WriteInt16LittleEndian(target[6..], (short)revision.Sub);
        return target;
    }
}
