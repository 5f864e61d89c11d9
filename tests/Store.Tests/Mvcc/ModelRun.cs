using Keelson.Simulation;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// Leads the model and the engine through the same random operations in batches of random size, and compares every
/// answer, every event and, now and then, every readable revision.
/// </summary>
internal sealed class ModelRun : IDisposable
{
    private const int BatchOperationsMax = 12;
    private const int SplitBytes = 256;

    private readonly SeededRandom _random;
    private readonly Model.OperationGenerator _generator;
    private readonly Model.EtcdModel _model = new();
    private readonly DirectEngine _engine = DirectEngine.InMemory(SplitBytes);
    private readonly List<Model.Operation> _batch = [];
    private readonly List<Model.OperationResult> _expected = [];
    private readonly List<IReadOnlyList<Model.Operation>> _batches = [];
    private readonly List<long> _times = [];
    private long _time;

    public ModelRun(ulong seed)
    {
        _random = new SeededRandom(seed);
        _generator = new Model.OperationGenerator(new SeededRandom(seed + 1), Model.GeneratorOptions.InProcess);
    }

    /// <summary>The batches so far and their times: what a log would hold.</summary>
    public IEnumerable<(long Time, IReadOnlyList<Model.Operation> Operations)> Batches => _times.Zip(_batches);

    public DirectEngine Engine => _engine;

    public void Dispose() => _engine.Dispose();

    public void Step()
    {
        Model.Operation operation = _generator.Next(_model);
        if (operation is Model.Operation.AdvanceTime advance)
        {
            Flush();
            _time += advance.Milliseconds;
            _model.BeginBatch(_time);
            return;
        }

        // Of several faults etcd tells the alarm, a proposer here the TTL that it need not propose.
        if (operation is Model.Operation.LeaseGrant { TtlSeconds: > Model.EtcdModel.TtlSecondsMax } && _model.HasAlarm)
        {
            return;
        }

        if (ModelRequests.IsProposal(operation))
        {
            _batch.Add(operation);
            _expected.Add(_model.Apply(operation));
            if (_random.Below(BatchOperationsMax) < _batch.Count)
            {
                Flush();
            }

            return;
        }

        Flush();
        Compare(operation, _model.Apply(operation), _engine.Read(operation));
    }

    /// <summary>Applies what waits as one batch, then lets the engine do what it does between batches.</summary>
    public void Flush()
    {
        long before = _model.Changes.Count == 0 ? 1 : _engine.State.Revision.Value;
        _model.EndBatch();
        IReadOnlyList<Model.OperationResult> actual = _engine.ApplyBatch(_time, _batch);
        for (int index = 0; index < _batch.Count; index++)
        {
            Compare(_batch[index], _expected[index], actual[index]);
        }

        _batches.Add([.. _batch]);
        _times.Add(_time);
        _batch.Clear();
        _expected.Clear();
        Assert.That(_engine.State.Revision.Value, Is.EqualTo(_model.Revision));
        Assert.That(_engine.State.CompactRevision, Is.EqualTo(_model.CompactRevision));
        Assert.That(
            _engine.Changes(before + 1), Is.EqualTo(_model.Changes.Where(change => change.Revision > before)));
        Rest();
    }

    public void CompareAll() => ModelComparison.CompareAll(_engine, _model);

    private static void Compare(
        Model.Operation operation, Model.OperationResult expected, Model.OperationResult actual) =>
        ModelComparison.Compare(operation, expected, actual);

    private void Rest()
    {
        switch (_random.Below(20))
        {
            case < 8:
                _engine.Trim(1 + _random.Below(20));
                break;
            case 8:
                _engine.Restart();
                break;
            default:
                break;
        }
    }
}
