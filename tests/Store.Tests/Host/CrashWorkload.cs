using Keelson.Simulation;
using Keelson.Store.Tests.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A fixed list of proposals that pass validation, and what each is answered. Time stands still, so that no lease ends
/// and the state after any number of proposals is known.
/// </summary>
internal sealed class CrashWorkload
{
    private readonly List<Model.Operation> _operations = [];
    private readonly List<Model.OperationResult> _results = [];

    public CrashWorkload(ulong seed, int operationCount)
    {
        var generator = new Model.OperationGenerator(new SeededRandom(seed), Model.GeneratorOptions.InProcess);
        var model = new Model.EtcdModel();
        while (_operations.Count < operationCount)
        {
            Model.Operation operation = generator.Next(model);
            if (MayJoin(operation))
            {
                _operations.Add(operation);
                _results.Add(model.Apply(operation));
            }
        }
    }

    /// <summary>Exactly these proposals.</summary>
    public CrashWorkload(IEnumerable<Model.Operation> operations)
    {
        var model = new Model.EtcdModel();
        foreach (Model.Operation operation in operations)
        {
            _operations.Add(operation);
            _results.Add(model.Apply(operation));
        }
    }

    public IReadOnlyList<Model.Operation> Operations => _operations;

    /// <summary>The answers, in the order of the proposals.</summary>
    public IReadOnlyList<Model.OperationResult> Results => _results;

    /// <summary>The state after the first <paramref name="count"/> proposals.</summary>
    public Model.EtcdModel StateAfter(int count)
    {
        var model = new Model.EtcdModel();
        foreach (Model.Operation operation in _operations.Take(count))
        {
            model.Apply(operation);
        }

        return model;
    }

    public static bool MayJoin(Model.Operation operation) =>
        operation is not Model.Operation.Alarm { Type: Model.AlarmType.Corrupt }
        && ModelRequests.IsProposal(operation)
        && ModelRequests.Validate(operation, ModelRequests.Encode(operation)) == StoreError.None;
}
