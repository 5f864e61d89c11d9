using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

public sealed class TreeCursorTests
{
    private static readonly byte[] Payload = [9];

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void Seek_AnyPosition_FindsFirstAtOrAfter(ulong seed)
    {
        using TreeBench bench = Filled(seed, out TreeScript script);
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        foreach (ModelTree.Position at in Probes(bench, script))
        {
            ModelTree.Position? expected = bench.Model.Entries.Select(entry => entry.Key)
                .FirstOrDefault(other => other.CompareTo(at) >= 0);
            Assert.That(cursor.Seek(bench.Tree.Root, at.Key, at.Revision), Is.EqualTo(expected is not null));
            CheckAt(cursor, expected);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void NextKey_FromAnyEntry_FindsNextKeysNewest(ulong seed)
    {
        using TreeBench bench = Filled(seed, out TreeScript script);
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        foreach (ModelTree.Position at in Probes(bench, script).Where(bench.Model.Contains))
        {
            ModelTree.Position? expected = bench.Model.Entries.Select(entry => entry.Key)
                .FirstOrDefault(other => other.Key.AsSpan().SequenceCompareTo(at.Key) > 0);
            Assert.That(cursor.Seek(bench.Tree.Root, at.Key, at.Revision), Is.True);
            Assert.That(cursor.NextKey(), Is.EqualTo(expected is not null));
            CheckAt(cursor, expected);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void SeekVersion_FromAnyEntry_StaysOnKeyOrStopsAfterIt(ulong seed)
    {
        using TreeBench bench = Filled(seed, out TreeScript script);
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        foreach (ModelTree.Position at in Probes(bench, script).Where(bench.Model.Contains))
        {
            var atMost = new ChangeRevision(script.Draw(400), script.Draw(2) * int.MaxValue);
            ModelTree.Position? expected = bench.Model.Entries.Select(entry => entry.Key)
                .FirstOrDefault(other => other.CompareTo(at) >= 0
                    && (!other.Key.AsSpan().SequenceEqual(at.Key) || other.Revision <= atMost));
            Assert.That(cursor.Seek(bench.Tree.Root, at.Key, at.Revision), Is.True);
            bool same = expected is not null && expected.Key.AsSpan().SequenceEqual(at.Key);
            Assert.That(cursor.SeekVersion(atMost), Is.EqualTo(same));
            CheckAt(cursor, expected);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void SeekUnclean_FromAnyPosition_SkipsOnlyLiveEntries(ulong seed)
    {
        using TreeBench bench = Filled(seed, out TreeScript script);
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        foreach (ModelTree.Position at in Probes(bench, script))
        {
            ModelTree.Position? dead = bench.Model.Entries
                .FirstOrDefault(entry => entry.Key.CompareTo(at) >= 0 && !entry.Value.Live).Key;
            bool found = cursor.SeekUnclean(bench.Tree.Root, at.Key, at.Revision);
            if (dead is not null)
            {
                Assert.That(found, Is.True);
                int order = cursor.CompareKey(dead.Key);
                Assert.That(order < 0 || (order == 0 && cursor.Revision >= dead.Revision), Is.True);
            }

            if (found)
            {
                int order = cursor.CompareKey(at.Key);
                Assert.That(order > 0 || (order == 0 && cursor.Revision <= at.Revision), Is.True);
            }
        }
    }

    [Test]
    public void SeekUnclean_OneDeadEntryInManyLeaves_LandsInItsLeaf()
    {
        using var bench = new TreeBench();
        for (int index = 0; index < 2000; index++)
        {
            byte[] key = [(byte)(index >> 8), (byte)(index & 255)];
            bench.Insert(key, new ChangeRevision(index, 0), Payload, index != 1500);
        }

        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        Assert.That(cursor.SeekUnclean(bench.Tree.Root, [], new ChangeRevision(long.MaxValue, 0)), Is.True);
        Assert.That(cursor.Revision.Main, Is.InRange(1470, 1500));
        Assert.That(cursor.SeekUnclean(bench.Tree.Root, [7], new ChangeRevision(long.MaxValue, 0)), Is.False);
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void Count_OfAnyInterval_EqualsModel(ulong seed)
    {
        using TreeBench bench = Filled(seed, out TreeScript script);
        using EpochPin pin = bench.Epochs.Enter();
        List<ModelTree.Position> probes = [.. Probes(bench, script)];
        for (int index = 0; index + 1 < probes.Count; index++)
        {
            byte[] start = probes[index].Key;
            byte[] end = probes[index + 1].Key;
            bool toEnd = index % 5 == 0;
            List<ModelTree.Value> inside = [.. bench.Model.Entries.Where(entry =>
                entry.Key.Key.AsSpan().SequenceCompareTo(start) >= 0
                && (toEnd || entry.Key.Key.AsSpan().SequenceCompareTo(end) < 0)).Select(entry => entry.Value)];
            Assert.That(
                TreeCounter.CountEntries(bench.Pages, bench.Tree.Root, start, end, toEnd), Is.EqualTo(inside.Count));
            Assert.That(
                TreeCounter.CountLive(bench.Pages, bench.Tree.Root, start, end, toEnd),
                Is.EqualTo(inside.Count(value => value.Live)));
        }
    }

    [Test]
    public void Seek_Again_AllocatesNothing()
    {
        using TreeBench bench = Filled(3, out _);
        using EpochPin pin = bench.Epochs.Enter();
        var cursor = new TreeCursor(bench.Pages);
        byte[] key = bench.Model.At(bench.Model.Count / 2)!.Key;
        long before = 0;
        for (int round = 0; round < 100; round++)
        {
            before = round == 50 ? GC.GetAllocatedBytesForCurrentThread() : before;
            cursor.Seek(bench.Tree.Root, key, new ChangeRevision(long.MaxValue, 0));
            cursor.NextKey();
            cursor.SeekFirst(bench.Tree.Root);
            cursor.SeekVersion(new ChangeRevision(3, 0));
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static TreeBench Filled(ulong seed, out TreeScript script)
    {
        var bench = new TreeBench(96 + (int)(seed % 4 * 60));
        script = new TreeScript(seed, bench, 5 + (int)(seed % 60));
        for (int edit = 0; edit < 300; edit++)
        {
            script.Edit();
        }

        bench.Pages.Freeze();
        return bench;
    }

    private static IEnumerable<ModelTree.Position> Probes(TreeBench bench, TreeScript script)
    {
        for (int probe = 0; probe < 40 && bench.Model.Count > 0; probe++)
        {
            ModelTree.Position at = bench.Model.At(script.Draw(bench.Model.Count))!;
            yield return at;
            yield return at with { Revision = new ChangeRevision(at.Revision.Main + script.Draw(9) - 4, 0) };
            yield return at with { Key = [.. at.Key, (byte)script.Draw(4)] };
            yield return at with { Key = at.Key[..script.Draw(at.Key.Length + 1)] };
        }

        yield return new ModelTree.Position([], new ChangeRevision(long.MaxValue, 0));
        yield return new ModelTree.Position([255, 255], new ChangeRevision(0, 0));
    }

    private static void CheckAt(TreeCursor cursor, ModelTree.Position? expected)
    {
        Assert.That(cursor.Valid, Is.EqualTo(expected is not null));
        if (expected is not null)
        {
            Assert.That(TreeBench.KeyOf(cursor), Is.EqualTo(Convert.ToHexString(expected.Key)));
            Assert.That(cursor.Revision, Is.EqualTo(expected.Revision));
        }
    }
}
