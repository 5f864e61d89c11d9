namespace Keelson.Bench.Load.Transport;

/// <summary>What a connection reports about its streams; called on the thread that calls Receive.</summary>
internal interface IStreamHandler
{
    /// <summary>One gRPC message; the span is valid during the call only.</summary>
    void OnMessage(GrpcConnection connection, int tag, ReadOnlySpan<byte> message);

    /// <summary>The stream is over. Without a message before it a unary call has failed.</summary>
    void OnEnd(GrpcConnection connection, int tag, bool reset);
}
