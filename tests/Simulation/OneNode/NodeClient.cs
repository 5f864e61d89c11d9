using Keelson.Base.Codec;
using Keelson.Base.Seams;
using Keelson.Simulation.Checking;
using Keelson.Simulation.World;
using Keelson.Store;
using Keelson.Store.Host;
using Operation = Keelson.Simulation.Model.Operation;
using OperationResult = Keelson.Simulation.Model.OperationResult;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// One client: a call, its answer, a pause, the next call. Never repeats a write; what gets no answer stays unknown.
/// </summary>
internal class NodeClient
{
    private const long PatienceMillisecondsMax = 20_000;

    private readonly SimulatedWorld _world;
    private readonly ClientLoad _load;
    private readonly SeededRandom _random;
    private readonly int _number;
    private StoreNode _node;
    private Call? _waiting;
    private ValueTask<StoreError> _permission;
    private ValueTask<RequestOutcome> _outcome;
    private bool _isReading;
    private ProtoBuffer _response = new();

    public NodeClient(SimulatedWorld world, StoreNode node, ClientLoad load, int number)
    {
        _world = world;
        _node = node;
        _load = load;
        _number = number;
        _random = world.RandomOf($"client {number}");
        PlanNext();
    }

    /// <summary>A call is under way.</summary>
    public bool IsWaiting => _waiting is not null;

    protected CallHistory History => _load.History;

    /// <summary>Whom the call under way is for.</summary>
    protected StoreNode Node => _node;

    protected SeededRandom Random => _random;

    /// <summary>Calls one thing at once, beside the load; its answer is awaited like any other.</summary>
    public Call CallNow(Operation request, StoreNode? node = null)
    {
        _node = node ?? _node;
        Call call = History.Invoke(_number, request);
        Run(call);
        return call;
    }

    /// <summary>Looks whether the answer is there; after every event.</summary>
    public void Observe()
    {
        if (_waiting is not { } call || IsPaused)
        {
            return;
        }

        if (_isReading)
        {
            if (_permission.IsCompleted)
            {
                _isReading = false;
                RunRead(call, TakePermission());
            }
        }
        else if (!IsRead(call.Request) && _outcome.IsCompleted)
        {
            Conclude(call);
        }
    }

    /// <summary>The process is gone and with it the answer.</summary>
    public void Lose(StoreNode node)
    {
        if (_waiting is not null && node == _node)
        {
            _waiting = null;
            _isReading = false;
            PlanNext();
        }
    }

    /// <summary>Whom the next call is for.</summary>
    protected virtual StoreNode Choose() => _node;

    /// <summary>Completes when the node may answer a read that has to be new; a store alone always may.</summary>
    protected virtual ValueTask<StoreError> MayRead(Operation request) => new(StoreError.None);

    /// <summary>Reads of the published state; a planted fault answers otherwise.</summary>
    protected virtual OperationResult Read(StoreEngine engine, Operation request) => EngineCalls.Read(engine, request);

    /// <summary>Proposes a write.</summary>
    protected virtual ValueTask<RequestOutcome> Propose(StoreEngine engine, Call call, ProtoBuffer response)
    {
        var patience = new CallerPatience(1 + (long)(_random.Next() % PatienceMillisecondsMax), CancellationToken.None);
        return engine.ProposeAsync(
            EngineCalls.KindOf(call.Request), EngineCalls.Encode(call), response, true, patience);
    }

    private bool IsPaused => _node.Machine?.IsPaused ?? true;

    private static bool IsRead(Operation request) => EngineCalls.IsRead(request);

    private void PlanNext() => _world.After(_load.Think.Draw(_random), "client", () =>
    {
        if (_load.IsOver || _waiting is not null)
        {
            return;
        }

        _node = Choose();
        if (_node.Engine is null || IsPaused)
        {
            PlanNext();
            return;
        }

        CallNow(_load.Next());
    });

    private void Run(Call call)
    {
        _waiting = call;
        if (IsRead(call.Request))
        {
            _isReading = true;
            Await(MayRead(call.Request));
            Observe();
            return;
        }

        // A buffer of a call that timed out may still be written into.
        _response = new ProtoBuffer();
        Await(Propose(_node.Engine!, call, _response));
        Observe();
    }

    /// <summary>Looked at after every event, never continued: a continuation might run on another thread.</summary>
    private void Await(ValueTask<RequestOutcome> outcome) => _outcome = outcome;

    private void Await(ValueTask<StoreError> permission) => _permission = permission;

    private StoreError TakePermission() => _permission.GetAwaiter().GetResult();

    private void RunRead(Call call, StoreError error)
    {
        OperationResult? result = null;
        try
        {
            result = error == StoreError.None ? Read(_node.Engine!, call.Request) : null;
        }
        catch (Exception exception) when (_node.MayFail && exception is DiskException or StoreDamageException)
        {
            _world.Note($"read fails: {exception.Message}");
        }

        // Its disk reads have kept it busy: the answer comes when that time is over.
        _world.After(1, "answer to a read", () =>
        {
            if (_waiting != call)
            {
                return;
            }

            _waiting = null;
            if (result is not null)
            {
                History.Answer(call, result);
            }

            PlanNext();
        });
    }

    private void Conclude(Call call)
    {
        _waiting = null;
        try
        {
            Conclude(call, _outcome.GetAwaiter().GetResult());
        }
        catch (Exception exception) when (exception is DiskException or StoreException or StoreDamageException)
        {
            _world.Note($"client {_number} is told: {exception.Message}");
        }

        PlanNext();
    }

    private void Conclude(Call call, RequestOutcome outcome)
    {
        _world.Note($"client {_number} {outcome.Error}", outcome.Revision.Value);
        switch (outcome.Error)
        {
            case StoreError.TimedOut or StoreError.Canceled:
                break;
            case StoreError.TooManyRequests or StoreError.Stopped:
                History.Refuse(call);
                break;
            case StoreError.NoSpace when outcome.Term.Value == 0 || !_node.Recorder.Holds(call.Number):
                History.Refuse(call);
                break;
            default:
                History.Answer(
                    call, EngineCalls.ResultOf(call.Request, outcome.Error, _response, outcome.Revision));
                break;
        }
    }
}
