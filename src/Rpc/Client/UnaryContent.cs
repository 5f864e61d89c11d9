using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Client;

/// <summary>The one message of a unary request. It knows whether a connection ever asked for it.</summary>
internal sealed class UnaryContent : HttpContent
{
    private readonly byte[] _frame;
    private readonly int _length;
    private int _wasSent;

    /// <param name="frame">Five free bytes, then the message; owned by the caller.</param>
    /// <param name="length">Length of both together.</param>
    public UnaryContent(byte[] frame, int length)
    {
        _frame = frame;
        _length = length;
        frame[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(length - FrameReader.PrefixBytes));
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    /// <summary>
    /// False is proof: the server cannot have acted on a message of which no byte was given to the transport.
    /// </summary>
    public bool WasSent => Volatile.Read(ref _wasSent) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _wasSent, 1);
        return stream.WriteAsync(_frame.AsMemory(0, _length), cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
