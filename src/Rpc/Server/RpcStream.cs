using System.Runtime.CompilerServices;
using Keelson.Rpc.Framing;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Rpc.Server;

/// <summary>
/// Both directions of a streaming call. Reading and writing may go on at the same time. A read that is still waiting
/// when the handler ends is ended by <see cref="CloseAsync"/>.
/// </summary>
internal sealed class RpcStream : IMessageReader, IMessageWriter
{
    private readonly Lock _gate = new();
    private readonly RpcExchange _exchange;
    private readonly IRpcObserver? _observer;
    private readonly CancellationToken _token;
    private TaskCompletionSource? _idle;
    private bool _isReading;
    private bool _isClosed;

    public RpcStream(RpcExchange exchange, IRpcObserver? observer)
    {
        _exchange = exchange;
        _observer = observer;
        _token = exchange.CancellationToken;
    }

    /// <summary>Why the input ended early; success until then.</summary>
    public RpcStatus Failure { get; private set; }

    /// <summary>True when the call ended while a message waited for a receiver that does not read.</summary>
    public bool IsParked { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        if (!TryEnter())
        {
            return null;
        }

        try
        {
            return await _exchange.Input.ReadAsync(_token) switch
            {
                FrameOutcome.Message => Received(),
                FrameOutcome.Broken => Fail(_exchange.Input.Failure),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return Fail(_exchange.CancellationStatus);
        }
        finally
        {
            Leave();
        }
    }

    public IBufferWriter<byte> Begin()
    {
        _exchange.Output.Discard();
        return _exchange.Output;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendAsync()
    {
        IFeatureCollection features = _exchange.Features;
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        if (!response.HasStarted)
        {
            response.Headers.ContentType = RpcResponse.ContentType;
        }

        _observer?.MessageSent(_exchange.Route!, _exchange.Output.Length);
        _exchange.Output.End();
        try
        {
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.FlushAsync(_token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            IsParked = true;
        }

        return !IsParked && !_token.IsCancellationRequested;
    }

    /// <summary>Ends a waiting read and refuses later ones; afterwards nobody uses the exchange.</summary>
    public async ValueTask CloseAsync()
    {
        Task? idle;
        lock (_gate)
        {
            _isClosed = true;
            _idle = _isReading ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            idle = _idle?.Task;
        }

        if (idle is not null)
        {
            _exchange.Cancel();
            await idle;
        }
    }

    private bool TryEnter()
    {
        lock (_gate)
        {
            Invariant.Require(!_isReading);
            _isReading = !_isClosed;
            return _isReading;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _isReading = false;
            _idle?.SetResult();
        }
    }

    private ReadOnlyMemory<byte>? Received()
    {
        _observer?.MessageReceived(_exchange.Route!, _exchange.Input.Message.Length);
        return _exchange.Input.Message;
    }

    /// <summary>Also sets the call's token, so that a writer that waits for something else ends too.</summary>
    private ReadOnlyMemory<byte>? Fail(RpcStatus status)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_isClosed && Failure.IsOK;
            Failure = isFirst ? status : Failure;
        }

        if (isFirst)
        {
            _exchange.Cancel();
        }

        return null;
    }
}
