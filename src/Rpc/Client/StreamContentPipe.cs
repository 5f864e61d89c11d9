using System.Net;
using System.Net.Http.Headers;

namespace Keelson.Rpc.Client;

/// <summary>A request body that stays open: hands its stream to the writer and ends when the writer is done.</summary>
internal sealed class StreamContentPipe : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamContentPipe()
    {
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    /// <summary>The stream to write to, once the connection is there.</summary>
    public Task<Stream> OpenedAsync(CancellationToken cancellationToken) =>
        _opened.Task.WaitAsync(cancellationToken);

    /// <summary>No message follows.</summary>
    public void Complete() => _completed.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // The headers must not wait for the first message: a server may speak first.
            await stream.FlushAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // A server may also have the last word first: the writer must not wait for a body that nobody takes.
            _opened.TrySetException(exception);
            throw;
        }

        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
