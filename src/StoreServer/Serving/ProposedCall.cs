using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Keelson.Base.Codec;
using Keelson.Rpc;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// A call whose request is on its way through the log: waits for the outcome and writes the answer. Pooled, because a
/// put is nothing but this: with many in flight the runtime's own pool of async methods, one of each kind a thread, is
/// empty, and two such methods were half of what a put allocated.
/// </summary>
internal sealed class ProposedCall : IValueTaskSource<RpcStatus>
{
    private readonly ServedStore _store;
    private readonly ProposedCalls _pool;
    private readonly Action _end;
    private ManualResetValueTaskSourceCore<RpcStatus> _source;
    private ValueTaskAwaiter<RequestOutcome> _outcome;
    private RpcCall? _call;
    private IBufferWriter<byte>? _response;
    private RequestKind _kind;

    public ProposedCall(ServedStore store, ProposedCalls pool)
    {
        _store = store;
        _pool = pool;
        _end = End;
    }

    /// <summary>Where apply writes the answer's body.</summary>
    public ProtoBuffer Body { get; private set; } = new();

    /// <summary>Proposes an admitted request; completes when header and body of its answer are written.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "The outcome's awaiter is kept for its one end.")]
    public ValueTask<RpcStatus> Begin(
        RpcCall call, RequestKind kind, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        _call = call;
        _kind = kind;
        _response = response;
        _source.Reset();
        short version = _source.Version;
        _store.Metrics.ProposalStarted();
        CallerPatience patience = _store.PatienceOf(call);
        _outcome = _store.Engine.ProposeAsync(kind, request, Body, continuesQuickly: true, patience).GetAwaiter();
        if (_outcome.IsCompleted)
        {
            End();
        }
        else
        {
            _outcome.UnsafeOnCompleted(_end);
        }

        return new ValueTask<RpcStatus>(this, version);
    }

    public RpcStatus GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _call = null;
            _response = null;
            _pool.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End()
    {
        RpcStatus status;
        try
        {
            status = Answer(_store.EndOf(_outcome, _kind));
        }
        catch (Exception exception)
        {
            _source.SetException(exception);
            return;
        }

        _source.SetResult(status);
    }

    private RpcStatus Answer(in RequestOutcome outcome)
    {
        if (outcome.Error == StoreError.None)
        {
            ServedStore.Answer(_response!, _store.Header(outcome.Revision, outcome.Term), Body.Written);
            return RpcStatus.OK;
        }

        if (outcome.Error is StoreError.TimedOut or StoreError.Canceled)
        {
            // The request may still happen, and write into the buffer.
            Body = new ProtoBuffer();
        }

        return ErrorStatus.Of(Explain(outcome.Error));
    }

    /// <summary>A deadline that passes is a timeout to etcd (etcd 3.5, v3_server.go: parseProposeCtxErr).</summary>
    private StoreError Explain(StoreError error)
    {
        bool isDeadline =
            error == StoreError.Canceled && _call!.CancellationStatus == RpcStatus.DeadlineExceeded;
        return isDeadline ? StoreError.TimedOut : error;
    }
}
