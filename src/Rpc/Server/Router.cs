using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Keelson.Rpc.Server;

/// <summary>From a request's path to its handler. Filled before the server starts, read-only afterwards.</summary>
public sealed class Router
{
    private readonly Dictionary<string, RpcRoute> _routes = new(StringComparer.Ordinal);
    private FrozenDictionary<string, RpcRoute>? _frozen;

    /// <summary>All methods, in no order.</summary>
    public IReadOnlyCollection<RpcRoute> Routes => _routes.Values;

    public void AddUnary(string service, string method, IUnaryHandler handler) =>
        Add(new RpcRoute(service, method) { Unary = handler });

    public void AddServerStream(string service, string method, IStreamHandler handler) =>
        Add(new RpcRoute(service, method) { Stream = handler, Kind = "server_stream" });

    public void AddBidiStream(string service, string method, IStreamHandler handler) =>
        Add(new RpcRoute(service, method) { Stream = handler, Kind = "bidi_stream" });

    public bool TryFind(string path, [NotNullWhen(true)] out RpcRoute? route) =>
        (_frozen ?? Freeze()).TryGetValue(path, out route);

    /// <summary>What the caller of a path without a route is told, in grpc-go's words.</summary>
    internal RpcStatus ExplainMiss(string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash <= 0)
        {
            return new RpcStatus(StatusCode.Unimplemented, $"malformed method name: \"{path}\"");
        }

        string service = path[1..slash];
        bool isServiceKnown = _routes.Values.Any(route => route.Service == service);
        return new RpcStatus(
            StatusCode.Unimplemented,
            isServiceKnown
                ? $"unknown method {path[(slash + 1)..]} for service {service}"
                : $"unknown service {service}");
    }

    internal FrozenDictionary<string, RpcRoute> Freeze() => _frozen ??= _routes.ToFrozenDictionary();

    private void Add(RpcRoute route)
    {
        Invariant.Require(_frozen is null);
        bool isNew = _routes.TryAdd(route.Path, route);
        Invariant.Require(isNew);
    }
}
