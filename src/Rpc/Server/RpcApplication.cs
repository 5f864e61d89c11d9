using Keelson.Rpc.Framing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Rpc.Server;

/// <summary>
/// Runs calls. A unary call whose request is there and whose handler answers at once completes without an allocation
/// or a task of its own.
/// </summary>
internal sealed class RpcApplication : IHttpApplication<RpcExchange>
{
    private static readonly RpcStatus HandlerFault = new(StatusCode.Internal, "internal error");

    private readonly RpcServerOptions _options;
    private readonly Router _router;

    public RpcApplication(RpcServerOptions options, Router router)
    {
        _options = options;
        _router = router;
    }

    /// <summary>Unary calls, until their answers are written.</summary>
    public RunningCalls Running { get; } = new();

    public RpcExchange CreateContext(IFeatureCollection contextFeatures)
    {
        RpcExchange exchange;
        if (contextFeatures is IHostContextContainer<RpcExchange> container)
        {
            exchange = container.HostContext ??= new RpcExchange(_options.Time);
        }
        else
        {
            exchange = new RpcExchange(_options.Time);
        }

        exchange.Start(contextFeatures);
        return exchange;
    }

    public void DisposeContext(RpcExchange context, Exception? exception)
    {
        if (context.IsAwaited)
        {
            Running.Leave();
        }

        context.Close();
    }

    public Task ProcessRequestAsync(RpcExchange context)
    {
        if (!GrpcRequest.IsGrpc(context.Request))
        {
            Await(context);
            return RunPlainAsync(context);
        }

        if (!_router.TryFind(context.Method, out RpcRoute? route))
        {
            RpcResponse.Refuse(context.Features, _router.ExplainMiss(context.Method));
            return Task.CompletedTask;
        }

        _options.Observer?.Started(route);
        RpcStatus fault = context.Open(route, _options.ReceiveMessageBytesMax);
        if (!fault.IsOK)
        {
            EndUnary(context, fault);
            return Task.CompletedTask;
        }

        if (route.Unary is null)
        {
            return RunStreamAsync(context, route.Stream!);
        }

        Await(context);
        return RunUnary(context, route.Unary);
    }

    private void Await(RpcExchange exchange)
    {
        exchange.IsAwaited = true;
        Running.Enter();
    }

    private Task RunUnary(RpcExchange exchange, IUnaryHandler handler)
    {
        RpcStatus status;
        try
        {
            ValueTask<FrameOutcome> read = exchange.Input.ReadAsync(exchange.WaitToken);
            if (!read.IsCompletedSuccessfully)
            {
                return RunUnaryAsync(exchange, handler, read);
            }

            ValueTask<RpcStatus> answer = Answer(exchange, handler, read.Result);
            if (!answer.IsCompletedSuccessfully)
            {
                return EndUnaryAsync(exchange, answer);
            }

            status = answer.Result;
        }
        catch (Exception exception)
        {
            status = Explain(exchange, exception);
        }

        EndUnary(exchange, status);
        return Task.CompletedTask;
    }

    private async Task RunUnaryAsync(RpcExchange exchange, IUnaryHandler handler, ValueTask<FrameOutcome> read)
    {
        RpcStatus status;
        try
        {
            status = await Answer(exchange, handler, await read);
        }
        catch (Exception exception)
        {
            status = Explain(exchange, exception);
        }

        EndUnary(exchange, status);
    }

    private async Task EndUnaryAsync(RpcExchange exchange, ValueTask<RpcStatus> answer)
    {
        RpcStatus status;
        try
        {
            status = await answer;
        }
        catch (Exception exception)
        {
            status = Explain(exchange, exception);
        }

        EndUnary(exchange, status);
    }

    private ValueTask<RpcStatus> Answer(RpcExchange exchange, IUnaryHandler handler, FrameOutcome outcome)
    {
        if (outcome != FrameOutcome.Message)
        {
            RpcStatus failure = exchange.Input.Failure;
            return new ValueTask<RpcStatus>(failure.IsOK ? FrameFaults.UnexpectedEnd : failure);
        }

        _options.Observer?.MessageReceived(exchange.Route!, exchange.Input.Message.Length);
        return handler.HandleAsync(exchange, exchange.Input.Message, exchange.Output);
    }

    private void EndUnary(RpcExchange exchange, RpcStatus status)
    {
        try
        {
            exchange.Input.Stop();
            if (status.IsOK)
            {
                _options.Observer?.MessageSent(exchange.Route!, exchange.Output.Length);
            }

            RpcResponse.EndUnary(exchange, status);
        }
        finally
        {
            // Also when the caller has left and nothing can be written any more.
            _options.Observer?.Handled(exchange.Route!, status.Code, exchange.Elapsed);
        }
    }

    private async Task RunStreamAsync(RpcExchange exchange, IStreamHandler handler)
    {
        var stream = new RpcStream(exchange, _options.Observer);
        RpcStatus status;
        try
        {
            status = await handler.HandleAsync(exchange, stream, stream);
        }
        catch (Exception exception)
        {
            status = Explain(exchange, exception);
        }

        await stream.CloseAsync();
        status = stream.Failure.IsOK ? status : stream.Failure;
        exchange.Input.Stop();
        RpcResponse.EndStream(exchange, status, stream.IsParked);
        _options.Observer?.Handled(exchange.Route!, status.Code, exchange.Elapsed);
    }

    private RpcStatus Explain(RpcExchange exchange, Exception exception)
    {
        // A connection that breaks surfaces as an I/O error of the request body.
        if (exception is OperationCanceledException or IOException)
        {
            return exchange.CancellationStatus;
        }

        _options.Observer?.Faulted(exchange.Route!, exception);
        return HandlerFault;
    }

    private Task RunPlainAsync(RpcExchange exchange)
    {
        int? refusal = GrpcRequest.Refusal(exchange.Request, _router, _options.Fallback is not null);
        if (refusal is { } status)
        {
            exchange.Features.GetRequiredFeature<IHttpResponseFeature>().StatusCode = status;
            return Task.CompletedTask;
        }

        return _options.Fallback!.HandleAsync(new DefaultHttpContext(exchange.Features));
    }
}
