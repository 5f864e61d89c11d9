namespace Keelson.Rpc.Server;

/// <summary>A method that the server answers; exactly one of the handlers is set.</summary>
public sealed record RpcRoute
{
    internal RpcRoute(string service, string method)
    {
        Service = service;
        Method = method;
        Path = $"/{service}/{method}";
    }

    /// <summary>With its package, e.g. <c>etcdserverpb.KV</c>.</summary>
    public string Service { get; }

    public string Method { get; }

    public string Path { get; }

    /// <summary>grpc_type in etcd's metrics: unary, server_stream or bidi_stream.</summary>
    public string Kind { get; internal init; } = "unary";

    public IUnaryHandler? Unary { get; internal init; }

    public IStreamHandler? Stream { get; internal init; }
}
