using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// Random histories of a few overlapping calls. As made they are linearizable, because the model answers each call at
/// one moment between its begin and its end; <see cref="Spoil"/> makes some that are not.
/// </summary>
internal sealed class SmallHistory
{
    private readonly SeededRandom _random;
    private readonly CallHistory _history = new();
    private readonly EtcdModel _model = new();
    private readonly List<EtcdModel> _states = [];
    private readonly SortedDictionary<int, (Call Call, OperationResult? Result)> _pending = [];
    private int _values;

    public SmallHistory(ulong seed, int calls, bool losesAnswers)
    {
        _random = new SeededRandom(seed);
        _states.Add(_model.Clone());
        while (_history.Calls.Count < calls || _pending.Count > 0)
        {
            int client = _random.Below(3);
            if (!_pending.TryGetValue(client, out (Call Call, OperationResult? Result) own))
            {
                Begin(client, calls);
            }
            else if (own.Result is null)
            {
                Happen(client, own.Call, mayBeLost: losesAnswers);
            }
            else
            {
                End(client, own.Call, own.Result, isLost: losesAnswers && _random.Below(5) == 0);
            }
        }

        Calls = [.. _history.Calls];
    }

    public List<Call> Calls { get; }

    /// <summary>Changes one thing, which may or may not matter; says what.</summary>
    public string Spoil()
    {
        int position = _random.Below(Calls.Count);
        Call call = Calls[position];
        int other = _random.Below(Calls.Count);
        switch (_random.Below(4))
        {
            case 0 when call.Returned != Call.Never && Calls[other].Returned != Call.Never:
                Calls[position] = Moved(call, Calls[other]);
                Calls[other] = Moved(Calls[other], call);
                return $"{call} and {Calls[other]} change their times";
            case 1 when call.Succeeded:
                Answer(position, call.Result! with { Revision = call.Result.Revision + _random.Below(3) - 1 });
                return $"{call} has another revision";
            case 2 when call.Outcome == CallOutcome.Answered:
                // What it would have been at another moment: a stale read, a lost update.
                EtcdModel state = _states[_random.Below(_states.Count)].Clone();
                Answer(position, state.Apply(call.Request));
                return $"{call} happens at another moment";
            case 3 when call.Succeeded && call.Result!.KeyValues.Count > 0:
                KeyValue wrong = call.Result.KeyValues[0] with { Value = "wrong" };
                Answer(position, call.Result with { KeyValues = [wrong, .. call.Result.KeyValues.Skip(1)] });
                return $"{call} tells a wrong value";
            default:
                return "nothing";
        }
    }

    private static Call Moved(Call call, Call to) => call with { Invoked = to.Invoked, Returned = to.Returned };

    private void Answer(int position, OperationResult result) => Calls[position] = Calls[position] with
    {
        Result = result,
    };

    private void Begin(int client, int calls)
    {
        if (_history.Calls.Count < calls)
        {
            _pending[client] = (_history.Invoke(client, NextRequest()), null);
        }
    }

    private void Happen(int client, Call call, bool mayBeLost)
    {
        if (mayBeLost && _random.Below(6) == 0)
        {
            _pending.Remove(client);
            return;
        }

        long before = _model.Revision;
        OperationResult result = _model.Apply(call.Request);
        _states.Add(_model.Clone());
        call.PlacedRevision = _model.Revision > before ? _model.Revision : 0;
        _pending[client] = (call, result);
    }

    private void End(int client, Call call, OperationResult result, bool isLost)
    {
        _pending.Remove(client);
        if (!isLost)
        {
            call.PlacedRevision = 0;
            _history.Answer(call, result);
        }
    }

    private Operation NextRequest()
    {
        string key = _random.Below(2) == 0 ? "a" : "b";
        var put = new Operation.Put(key, $"v{++_values}") { PreviousKeyValue = _random.Below(2) == 0 };
        long revision = 1 + _random.Below((int)_model.Revision + 1);
        return _random.Below(10) switch
        {
            < 3 => put,
            3 => new Operation.DeleteRange(key, _random.Below(2) == 0 ? "" : "c") { PreviousKeyValues = true },
            < 6 => new Operation.Range(key, _random.Below(2) == 0 ? "" : "c"),
            6 => new Operation.Range(key, "") { Revision = revision },
            7 => new Operation.Compact(revision),
            _ => new Operation.Txn(
                [new Comparison(ComparisonResult.Equal, ComparisonTarget.Mod, key)
                {
                    Operand = ComparisonTarget.Mod,
                    Number = _model.Get(key)?.ModRevision ?? 0,
                }],
                [put],
                [new Operation.Range(key, "")]),
        };
    }
}
