namespace Keelson.Bench.Load.Transport;

/// <summary>What a connection reports about its streams; called on the thread that calls Receive.</summary>
internal interface IStreamHandler
{
    /// <summary>One gRPC message; the span is valid during the call only.</summary>
    void OnMessage(GrpcConnection connection, int tag, ReadOnlySpan<byte> message);

    /// <summary>The stream is over. A unary call that had its message counts as one that ended in order.</summary>
    void OnEnd(GrpcConnection connection, int tag, StreamEnd end);
}
