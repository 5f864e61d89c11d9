using System.Buffers.Binary;
using System.IO.Pipelines;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Client;

/// <summary>
/// A streaming call from the client's side. One reader and one writer at a time, which may be two tasks. After the
/// last message <see cref="Status"/> says how the call ended.
/// </summary>
public sealed class RpcClientStream : IMessageReader, IMessageWriter, IAsyncDisposable
{
    private readonly HttpRequestMessage _request;
    private readonly StreamContentPipe _content;
    private readonly Task<HttpResponseMessage> _response;
    private readonly CancellationTokenSource _source;
    private readonly ArrayBufferWriter<byte> _outgoing = new();
    private readonly FrameReader _frames = new();
    private readonly int _messageBytesMax;
    private PipeReader? _pipe;

    internal RpcClientStream(
        HttpRequestMessage request,
        StreamContentPipe content,
        Task<HttpResponseMessage> response,
        CancellationTokenSource source,
        int messageBytesMax)
    {
        _request = request;
        _content = content;
        _response = response;
        _source = source;
        _messageBytesMax = messageBytesMax;
    }

    /// <summary>How the call ended; null while it runs.</summary>
    public RpcStatus? Status { get; private set; }

    internal bool HasDeadline { get; init; }

    internal CancellationToken CallerToken { get; init; }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        if (Status is not null)
        {
            return null;
        }

        try
        {
            if (_pipe is null && await OpenAsync() is { } early)
            {
                Status = early;
                return null;
            }

            switch (await _frames.ReadAsync(_source.Token))
            {
                case FrameOutcome.Message:
                    return _frames.Message;
                case FrameOutcome.Broken:
                    Status = _frames.Failure;
                    return null;
                default:
                    Status = StatusReader.OfTrailers(await _response);
                    return null;
            }
        }
        catch (Exception exception) when (StatusReader.OfException(exception, _source.Token) is { } status)
        {
            Status = Refine(status);
            return null;
        }
    }

    /// <inheritdoc/>
    public IBufferWriter<byte> Begin()
    {
        _outgoing.ResetWrittenCount();
        _outgoing.GetSpan(FrameReader.PrefixBytes)[..FrameReader.PrefixBytes].Clear();
        _outgoing.Advance(FrameReader.PrefixBytes);
        return _outgoing;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync()
    {
        try
        {
            Task<Stream> opened = _content.OpenedAsync(_source.Token);
            await Task.WhenAny(opened, _response);
            if (_response.IsFaulted || _response.IsCanceled)
            {
                // Nobody will open the content: the server was not reached. Reading says why.
                return false;
            }

            Stream stream = await opened;
            Memory<byte> frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_outgoing.WrittenMemory);
            BinaryPrimitives.WriteUInt32BigEndian(frame.Span[1..], (uint)(frame.Length - FrameReader.PrefixBytes));
            await stream.WriteAsync(frame, _source.Token);
            await stream.FlushAsync(_source.Token);
            return true;
        }
        catch (Exception exception) when (exception is ObjectDisposedException || IsTransport(exception))
        {
            // The transport disposes of the body of a call that is over.
            return false;
        }
    }

    /// <summary>Says that no further message follows; reading goes on.</summary>
    public void CompleteSending() => _content.Complete();

    /// <summary>Cancels the call if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _source.CancelAsync();
        _content.Complete();
        _frames.Stop();
        try
        {
            (await _response).Dispose();
        }
        catch (Exception exception) when (IsTransport(exception))
        {
            // The call ended by a fault that a reader has seen already, or never asked for.
        }

        _request.Dispose();
        _source.Dispose();
    }

    /// <summary>Waits for the headers; a status when they end the call.</summary>
    private async ValueTask<RpcStatus?> OpenAsync()
    {
        HttpResponseMessage response = await _response;
        if (StatusReader.OfHeaders(response) is { } status)
        {
            return status;
        }

        _pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(_source.Token));
        _frames.Start(_pipe, encoding: null, _messageBytesMax);
        return null;
    }

    private bool IsTransport(Exception exception) => StatusReader.OfException(exception, _source.Token) is not null;

    private RpcStatus Refine(RpcStatus status) =>
        status.Code == StatusCode.Canceled && HasDeadline && !CallerToken.IsCancellationRequested
            ? RpcStatus.DeadlineExceeded
            : status;
}
