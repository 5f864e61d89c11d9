using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// The exact checker and the search know nothing of each other and must say the same of any small history.
/// </summary>
public sealed class OrderCheckerTests
{
    private const int CallCount = 7;

    [Test]
    public void BothCheckers_HistoriesOfTheModel_Accept([Values] bool losesAnswers)
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var history = new SmallHistory(seed, CallCount, losesAnswers);
            Assert.That(RevisionOrder.Check(history.Calls), Is.Null, () => Describe(seed, history));
            Assert.That(IsFound(history), Is.True, () => Describe(seed, history));
        }
    }

    [Test]
    public void BothCheckers_SpoiledHistories_SayTheSame()
    {
        int refused = 0;
        for (ulong seed = 1; seed <= 4000; seed++)
        {
            var history = new SmallHistory(seed, CallCount, losesAnswers: false);
            string spoiled = history.Spoil();
            string? complaint = RevisionOrder.Check(history.Calls);
            refused += complaint is null ? 0 : 1;
            Assert.That(
                complaint is null,
                Is.EqualTo(IsFound(history)),
                () => $"{Describe(seed, history)}\n{spoiled}\n{complaint}");
        }

        // A checker that accepts everything would agree with another one.
        Assert.That(refused, Is.GreaterThan(400));
    }

    /// <summary>What is placed by the log is one explanation; the search may find others.</summary>
    [Test]
    public void RevisionOrder_SpoiledHistoriesWithLostAnswers_AcceptsNothingThatHasNoOrder()
    {
        for (ulong seed = 1; seed <= 4000; seed++)
        {
            var history = new SmallHistory(seed, CallCount, losesAnswers: true);
            history.Spoil();
            bool accepted = RevisionOrder.Check(history.Calls) is null;
            Assert.That(!accepted || IsFound(history), () => Describe(seed, history));
        }
    }

    [Test]
    public void BothCheckers_StaleRead_Refuse()
    {
        var history = new CallHistory();
        Put(history, "one", 2);
        Put(history, "two", 3);
        Read(history, "one", header: 2, mod: 2);
        Refuse(history);
    }

    [Test]
    public void BothCheckers_LostUpdate_Refuse()
    {
        var history = new CallHistory();
        Put(history, "one", 2);
        Put(history, "two", 2);
        Refuse(history);
    }

    [Test]
    public void BothCheckers_ReadFromTheFuture_Refuse()
    {
        var history = new CallHistory();
        Read(history, "one", header: 2, mod: 2);
        Put(history, "one", 2);
        Refuse(history);
    }

    [Test]
    public void BothCheckers_RevisionLeftOut_Refuse()
    {
        var history = new CallHistory();
        Put(history, "one", 2);
        Put(history, "two", 4);
        Refuse(history);
    }

    [Test]
    public void BothCheckers_CompactedReadAnswered_Refuse()
    {
        var history = new CallHistory();
        Put(history, "one", 2);
        Put(history, "two", 3);
        Call compact = history.Invoke(1, new Operation.Compact(3));
        history.Answer(compact, new OperationResult { Revision = 3 });
        Call read = history.Invoke(2, new Operation.Range("a", "") { Revision = 2 });
        history.Answer(read, ReadResult("one", header: 3, mod: 2));
        Refuse(history);
    }

    [Test]
    public void RevisionOrder_SerializableRead_MayBeOldButNotFromTheFuture()
    {
        var history = new CallHistory();
        Put(history, "one", 2);
        Put(history, "two", 3);
        var serializable = new Operation.Range("a", "") { Serializable = true };
        history.Answer(history.Invoke(2, serializable), ReadResult("one", header: 2, mod: 2));
        Assert.That(RevisionOrder.Check(history.Calls), Is.Null);

        history.Answer(history.Invoke(2, serializable), ReadResult("three", header: 4, mod: 4));
        Put(history, "three", 4);
        Assert.That(RevisionOrder.Check(history.Calls), Is.Not.Null);
    }

    private static void Put(CallHistory history, string value, long revision)
    {
        Call put = history.Invoke(1, new Operation.Put("a", value));
        history.Answer(put, new OperationResult { Revision = revision });
    }

    private static void Read(CallHistory history, string value, long header, long mod)
    {
        Call read = history.Invoke(2, new Operation.Range("a", ""));
        history.Answer(read, ReadResult(value, header, mod));
    }

    private static OperationResult ReadResult(string value, long header, long mod) => new()
    {
        Revision = header,
        Count = 1,
        KeyValues = [new KeyValue("a") { CreateRevision = 2, ModRevision = mod, Version = mod - 1, Value = value }],
    };

    private static void Refuse(CallHistory history)
    {
        Assert.That(RevisionOrder.Check(history.Calls), Is.Not.Null);
        Assert.That(ModelStep.Search.IsLinearizable(new EtcdModel(), history.Calls), Is.False);
    }

    private static bool IsFound(SmallHistory history) =>
        ModelStep.Search.IsLinearizable(new EtcdModel(), history.Calls);

    private static string Describe(ulong seed, SmallHistory history) =>
        $"seed {seed}\n{string.Join('\n', history.Calls)}";
}
