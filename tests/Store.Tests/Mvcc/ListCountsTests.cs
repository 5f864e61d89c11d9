using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Store.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// Later pages of limited lists: what is remembered of the page before is what counting would give, whatever happens to
/// the keys meanwhile.
/// </summary>
public sealed class ListCountsTests
{
    private const int Steps = 2500;
    private const int KeyCount = 40;
    private static readonly string[] Ends = ["z", "\0", "k3", "k2\0"];

    // Method: lists at many revisions go on page by page between writes, compactions and trimming; the model walks.
    [Test]
    public void Pages_OfListsThatGoOn_CountAsTheModel([Range(1, 6)] int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var model = new Model.EtcdModel();
        using DirectEngine engine = DirectEngine.InMemory(splitBytes: 256);
        var lists = new List<Model.Operation.Range>();
        int pinned = 0;
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Below(8))
            {
                case < 3:
                    Change(engine, model, NextChange(random, model));
                    engine.Trim(entriesMax: 5);
                    break;
                case 3:
                    string start = NextKey(random);
                    string end = Ends[random.Below(Ends.Length)];
                    lists.Add(new Model.Operation.Range(start, end) { Limit = 1 + random.Below(5) });
                    break;
                default:
                    pinned += ReadPage(random, engine, model, lists) ? 1 : 0;
                    break;
            }
        }

        Assert.That(pinned, Is.GreaterThan(Steps / 8), "pages at older revisions than the newest");
    }

    [Test]
    public void TryFind_OnlyContinuations_AreKnown()
    {
        var counts = new ListCounts();
        counts.Keep(new Revision(7), "z"u8, "key"u8, left: 5);
        (string Start, string End, long Revision, long Count)[] questions =
        [
            ("key\0", "z", 7, 5), ("key", "z", 7, 6), ("key\0\0", "z", 7, -1), ("key\x01", "z", 7, -1),
            ("ke", "z", 7, -1), ("key\0", "y", 7, -1), ("key\0", "", 7, -1), ("key\0", "z", 8, -1),
        ];
        foreach ((string start, string end, long revision, long expected) in questions)
        {
            bool found = counts.TryFind(new Revision(revision), Latin(end), Latin(start), out long count);
            Assert.That(found ? count : -1, Is.EqualTo(expected), $"{start} to {end} at {revision}");
        }
    }

    [Test]
    public void Keep_BeyondItsBounds_ForgetsTheOldestAndLeavesOutLongKeys()
    {
        var counts = new ListCounts();
        for (int place = 0; place <= ListCounts.PlacesMax; place++)
        {
            counts.Keep(new Revision(7), "z"u8, Latin($"key {place}"), left: place);
        }

        Assert.That(counts.TryFind(new Revision(7), "z"u8, "key 0\0"u8, out _), Is.False);
        Assert.That(counts.TryFind(new Revision(7), "z"u8, "key 1\0"u8, out _), Is.True);
        var longKey = new byte[ListCounts.KeyBytesMax];
        counts.Keep(new Revision(7), "z"u8, longKey, left: 1);
        Assert.That(counts.TryFind(new Revision(7), "z"u8, longKey, out _), Is.False);
    }

    /// <summary>Reads a page of one of the lists, in the model too; true when it was at an older revision.</summary>
    private static bool ReadPage(
        SeededRandom random, DirectEngine engine, Model.EtcdModel model, List<Model.Operation.Range> lists)
    {
        if (lists.Count == 0)
        {
            return false;
        }

        int at = random.Below(lists.Count);
        Model.Operation.Range page = lists[at];
        Model.OperationResult expected = model.Apply(page);
        ModelComparison.Compare(page, expected, engine.Read(page));
        if (expected.More)
        {
            // Kubernetes goes on behind the last key, others at the last one; a page asked for again is one too.
            string last = expected.KeyValues[^1].Key;
            string next = random.Below(4) == 0 ? last : last + "\0";
            long revision = page.Revision == 0 ? expected.Revision : page.Revision;
            lists[at] = random.Below(5) == 0 ? page : page with { Key = next, Revision = revision };
        }
        else
        {
            lists.RemoveAt(at);
        }

        return page.Revision > 0 && page.Revision < model.Revision;
    }

    private static Model.Operation NextChange(SeededRandom random, Model.EtcdModel model) => random.Below(20) switch
    {
        0 when model.Revision > 10 => new Model.Operation.Compact(model.Revision - random.Below(10)),
        < 6 => new Model.Operation.DeleteRange(NextKey(random), ""),
        _ => new Model.Operation.Put(NextKey(random), "value"),
    };

    private static string NextKey(SeededRandom random) =>
        $"k{random.Below(KeyCount)}" + (random.Below(4) == 0 ? "\0" : "");

    private static void Change(DirectEngine engine, Model.EtcdModel model, Model.Operation operation)
    {
        model.ApplyBatch(0, [operation]);
        engine.ApplyBatch(0, [operation]);
    }

    private static byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
