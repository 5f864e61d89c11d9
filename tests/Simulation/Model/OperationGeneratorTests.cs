namespace Keelson.Simulation.Model;

/// <summary>
/// A generator that never makes a shape is a blind spot: each kind of answer must occur, and often enough.
/// </summary>
public sealed class OperationGeneratorTests
{
    private const int OperationCount = 10_000;
    private const int OccurrencesMin = 10;

    [Test]
    public void Sequence_OfManyOperations_MakesEveryErrorAndEveryAnswer()
    {
        SortedDictionary<string, int> seen = Count(GeneratorOptions.InProcess);

        TestContext.Out.WriteLine(string.Join('\n', seen.Select(item => $"{item.Key}: {item.Value}")));
        Assert.That(Expected.Where(name => seen.GetValueOrDefault(name) < OccurrencesMin), Is.Empty);
    }

    [Test]
    public void Sequence_ForRealEtcd_MakesEveryErrorAndAnswerThatItMay()
    {
        SortedDictionary<string, int> seen = Count(GeneratorOptions.RealEtcd);

        string[] inProcessOnly = ["error Corrupt", "Alarm Corrupt", "lease expired", "error InvalidSortOption"];
        Assert.That(
            Expected.Except(inProcessOnly).Where(name => seen.GetValueOrDefault(name) < OccurrencesMin), Is.Empty);
        Assert.That(inProcessOnly.Where(seen.ContainsKey), Is.Empty);
    }

    [Test]
    public void Sequence_OfTheSameSeed_IsTheSame()
    {
        var sequences = new List<string>();
        for (int run = 0; run < 2; run++)
        {
            var generator = new OperationGenerator(new SeededRandom(7), GeneratorOptions.InProcess);
            sequences.Add(string.Join('\n', generator.Sequence(new EtcdModel(), 500)));
        }

        Assert.That(sequences[0], Is.EqualTo(sequences[1]));
    }

    private static IEnumerable<string> Expected =>
    [
        .. Enum.GetValues<EtcdError>().Where(error => error != EtcdError.None).Select(error => $"error {error}"),
        "Put", "DeleteRange", "Range", "Txn", "Compact", "LeaseGrant", "LeaseRevoke", "LeaseKeepAlive",
        "LeaseTimeToLive", "LeaseLeases", "Alarm", "Put previous", "DeleteRange previous", "DeleteRange nothing",
        "DeleteRange many", "Range more", "Range historical", "Range filtered", "Range sorted", "Range empty",
        "Range count", "Range keys", "Txn then", "Txn else", "Txn nested", "Txn writes", "Txn without change",
        "Txn error Compacted", "Txn error FutureRevision", "Txn error LeaseNotFound", "Txn error KeyNotFound",
        "Alarm NoSpace", "Alarm Corrupt", "lease keys", "lease revoked with keys", "lease expired", "lease unknown",
    ];

    private static SortedDictionary<string, int> Count(GeneratorOptions options)
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var model = new EtcdModel();
        var generator = new OperationGenerator(new SeededRandom(1), options);
        for (int count = 0; count < OperationCount; count++)
        {
            Operation operation = generator.Next(model);
            long before = model.Revision;
            OperationResult result = model.Apply(operation);
            foreach (string name in Describe(operation, result, model.Revision - before))
            {
                seen[name] = seen.GetValueOrDefault(name) + 1;
            }
        }

        return seen;
    }

    private static IEnumerable<string> Describe(Operation operation, OperationResult result, long newRevisions)
    {
        if (result.Error != EtcdError.None)
        {
            return [$"error {result.Error}", $"{operation.GetType().Name} error {result.Error}"];
        }

        IEnumerable<(string Name, bool Seen)> traits = operation switch
        {
            Operation.Range range => Describe(range, result),
            Operation.Txn txn => Describe(txn, result, newRevisions),
            Operation.Put => [("Put previous", result.KeyValues.Count > 0)],
            Operation.DeleteRange =>
            [
                ("DeleteRange previous", result.KeyValues.Count > 0),
                ("DeleteRange nothing", result.Deleted == 0),
                ("DeleteRange many", result.Deleted > 1),
            ],
            _ => Describe(operation, result.Alarms, result, newRevisions),
        };
        return traits.Where(trait => trait.Seen).Select(trait => trait.Name).Prepend(operation.GetType().Name);
    }

    private static IEnumerable<(string Name, bool Seen)> Describe(Operation.Range range, OperationResult result) =>
    [
        ("Range more", result.More),
        ("Range historical", range.Revision > 0 && range.Revision < result.Revision),
        ("Range filtered", result.KeyValues.Count < result.Count && range is { CountOnly: false, Limit: <= 0 }),
        ("Range sorted", range.Order == RangeOrder.Descend && result.KeyValues.Count > 1),
        ("Range empty", result.Count == 0),
        ("Range count", range.CountOnly && result.Count > 0),
        ("Range keys", range.KeysOnly && result.KeyValues.Count > 0),
    ];

    private static IEnumerable<(string Name, bool Seen)> Describe(
        Operation.Txn txn, OperationResult result, long newRevisions) =>
    [
        ("Txn then", result.Succeeded),
        ("Txn else", !result.Succeeded),
        ("Txn nested", (result.Succeeded ? txn.Success : txn.Failure).Any(item => item is Operation.Txn)),
        ("Txn writes", newRevisions > 0),
        ("Txn without change", newRevisions == 0),
    ];

    private static IEnumerable<(string Name, bool Seen)> Describe(
        Operation operation, IReadOnlyList<RaisedAlarm> alarms, OperationResult result, long newRevisions) =>
    [
        ("Alarm NoSpace", alarms.Any(alarm => alarm.Type == AlarmType.NoSpace)),
        ("Alarm Corrupt", alarms.Any(alarm => alarm.Type == AlarmType.Corrupt)),
        ("lease keys", result.Keys.Count > 0),
        ("lease revoked with keys", operation is Operation.LeaseRevoke && newRevisions > 0),
        ("lease expired", operation is Operation.AdvanceTime && newRevisions > 0),
        ("lease unknown", operation is Operation.LeaseTimeToLive && result.TtlSeconds < 0),
    ];
}
