using System.IO.Pipelines;
using Google.Protobuf;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Client;

/// <summary>
/// Calls over a fixed set of connections, round robin. A connection that could not be opened is passed over for a
/// while. Safe for any number of threads.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    private readonly RpcChannelOptions _options;
    private readonly RpcConnection[] _connections;
    private uint _turn;

    public RpcChannel(RpcChannelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Endpoints.Count, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConnectionsPerEndpoint, 1, nameof(options));
        _options = options;
        // Endpoint by endpoint, so that a retry meets another server and not another connection to the same one.
        _connections =
        [
            .. Enumerable.Range(0, options.ConnectionsPerEndpoint)
                .SelectMany(_ => options.Endpoints)
                .Select(endpoint => new RpcConnection(endpoint, options)),
        ];
    }

    /// <summary>A unary call, made again as the retry rule of its options allows.</summary>
    public async ValueTask<RpcResult<TResponse>> CallAsync<TRequest, TResponse>(
        string method,
        TRequest request,
        MessageParser<TResponse> parser,
        RpcCallOptions options,
        CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using CancellationTokenSource? deadline = StartDeadline(options, cancellationToken);
        var frame = new byte[FrameReader.PrefixBytes + request.CalculateSize()];
        request.WriteTo(frame.AsSpan(FrameReader.PrefixBytes));
        UnaryReply reply = await RetryAsync(method, frame, options, deadline?.Token ?? cancellationToken);
        if (!reply.Status.IsOK)
        {
            return IsExpired(deadline, reply.Status, cancellationToken) ? RpcStatus.DeadlineExceeded : reply.Status;
        }

        return MessageCodec.TryParse(parser, reply.Message.Span, out TResponse? response)
            ? response
            : new RpcStatus(StatusCode.Internal, "grpc: failed to unmarshal the received message");
    }

    /// <summary>A streaming call; the caller disposes it, which ends it.</summary>
    public RpcClientStream OpenStream(
        string method, RpcCallOptions options, CancellationToken cancellationToken = default)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout is { } timeout)
        {
            source.CancelAfter(timeout);
        }

        RpcConnection connection = Next();
        var content = new StreamContentPipe();
        HttpRequestMessage request = connection.CreateRequest(method, content, options);
        Task<HttpResponseMessage> response = SendAsync(connection, request, source.Token);
        return new RpcClientStream(
            request, content, response, source, _options.ReceiveMessageBytesMax)
        {
            HasDeadline = options.Timeout is not null,
            CallerToken = cancellationToken,
        };
    }

    public void Dispose()
    {
        foreach (RpcConnection connection in _connections)
        {
            connection.Dispose();
        }
    }

    private static bool IsExpired(
        CancellationTokenSource? deadline, RpcStatus status, CancellationToken cancellationToken) =>
        status.Code == StatusCode.Canceled
        && deadline is { IsCancellationRequested: true }
        && !cancellationToken.IsCancellationRequested;

    private static CancellationTokenSource? StartDeadline(RpcCallOptions options, CancellationToken cancellationToken)
    {
        if (options.Timeout is not { } timeout)
        {
            return null;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(timeout);
        return source;
    }

    private async ValueTask<UnaryReply> RetryAsync(
        string method, byte[] frame, RpcCallOptions options, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            UnaryReply reply = await TryAsync(method, frame, options, cancellationToken);
            if (reply.Status.IsOK || !RetryPolicy.MayRetry(options.Retry, reply.Status, reply.WasSent, tries))
            {
                return reply;
            }

            TimeSpan delay = RetryPolicy.Delay(tries, _options.Endpoints.Count, Random.Shared.NextDouble());
            try
            {
                await Task.Delay(delay, _options.Time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return reply with { Status = RpcStatus.Canceled };
            }
        }
    }

    private async ValueTask<UnaryReply> TryAsync(
        string method, byte[] frame, RpcCallOptions options, CancellationToken cancellationToken)
    {
        RpcConnection connection = Next();
        using var content = new UnaryContent(frame, frame.Length);
        using HttpRequestMessage request = connection.CreateRequest(method, content, options);
        try
        {
            using HttpResponseMessage response = await SendAsync(connection, request, cancellationToken);
            return await ReadReplyAsync(response, cancellationToken);
        }
        catch (Exception exception) when (StatusReader.OfException(exception, cancellationToken) is { } status)
        {
            return new UnaryReply(status, default, content.WasSent);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        RpcConnection connection, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage response = await connection.SendAsync(request, cancellationToken);
            connection.PenaltyEndTimestamp = 0;
            return response;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            long penalty = (long)(_options.PenaltyTime.TotalSeconds * _options.Time.TimestampFrequency);
            connection.PenaltyEndTimestamp = _options.Time.GetTimestamp() + penalty;
            throw;
        }
    }

    private async ValueTask<UnaryReply> ReadReplyAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (StatusReader.OfHeaders(response) is { IsOK: false } refusal)
        {
            return new UnaryReply(refusal, default, WasSent: true);
        }

        PipeReader pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        var frames = new FrameReader();
        frames.Start(pipe, encoding: null, _options.ReceiveMessageBytesMax);
        byte[]? message = null;
        FrameOutcome outcome;
        while ((outcome = await frames.ReadAsync(cancellationToken)) == FrameOutcome.Message)
        {
            message = frames.Message.ToArray();
        }

        frames.Stop();
        await pipe.CompleteAsync();
        RpcStatus status = outcome == FrameOutcome.Broken ? frames.Failure : StatusReader.OfTrailers(response);
        if (status.IsOK && message is null)
        {
            status = FrameFaults.UnexpectedEnd;
        }

        return new UnaryReply(status, message, WasSent: true);
    }

    /// <summary>The next connection without a penalty, or the next one when all have one.</summary>
    private RpcConnection Next()
    {
        uint turn = Interlocked.Increment(ref _turn);
        long now = _options.Time.GetTimestamp();
        for (uint step = 0; step < _connections.Length; step++)
        {
            RpcConnection connection = At(turn + (ulong)step);
            if (connection.PenaltyEndTimestamp <= now)
            {
                return connection;
            }
        }

        return At(turn);
    }

    private RpcConnection At(ulong turn) => _connections[(int)(turn % (ulong)_connections.Length)];
}
