using System.Net;
using Keelson.Rpc.Server.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keelson.Rpc.Server;

/// <summary>
/// gRPC and plain HTTP on Kestrel, without hosting, routing and dependency injection, which double the cost of a call.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    /// <summary>
    /// How long a stopping server waits for clients to take what was written once no unary call runs any more. etcd
    /// closes its clients' connections without waiting (etcd 3.5.16, embed/serve.go).
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly RpcServerOptions _options;
    private readonly KestrelServer _kestrel;
    private readonly BoundedListenerFactory _listeners;
    private readonly RpcApplication _application;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<ListenOptions> _bound = [];
    private bool _isStopped;

    public RpcServer(RpcServerOptions options, Router router)
    {
        _options = options;
        router.Freeze();
        _application = new RpcApplication(options, router);
        var kestrelOptions = new KestrelServerOptions { AddServerHeader = false, AllowAlternateSchemes = true };
        ApplyLimits(kestrelOptions.Limits);
        foreach (ListenAddress address in options.Listen)
        {
            Listen(kestrelOptions, address);
        }

        var gate = new ConnectionGate(options.ConnectionsMax, options.ConnectionObserver);
        _listeners = new BoundedListenerFactory(options, gate);
        _kestrel = new KestrelServer(Options.Create(kestrelOptions), _listeners, NullLoggerFactory.Instance);
    }

    /// <summary>Set when the server begins to stop: streams that never end by themselves should end now.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>
    /// The addresses that are listened on, with the ports that were chosen; in the order of the options.
    /// </summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _bound.Select(bound => bound.EndPoint)];

    /// <exception cref="IOException">An address is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) =>
        _kestrel.StartAsync(_application, cancellationToken);

    /// <summary>
    /// Stops listening, tells every connection to open no new call (GOAWAY), waits for the running ones up to
    /// <paramref name="drain"/>, then aborts what is left. Streams are not waited for once no unary call runs: their
    /// clients may never read again.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        await _stopping.CancelAsync();
        using var deadline = new CancellationTokenSource(drain, _options.Time);
        Task stopped = _kestrel.StopAsync(deadline.Token);
        await AbortWhenIdleAsync(stopped, deadline);
        await stopped;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _kestrel.Dispose();
        _listeners.Dispose();
        _stopping.Dispose();
    }

    private async Task AbortWhenIdleAsync(Task stopped, CancellationTokenSource deadline)
    {
        for (TimeSpan idle = TimeSpan.Zero; idle < Grace && !stopped.IsCompleted;)
        {
            await Task.WhenAny(stopped, Task.Delay(LookInterval, _options.Time));
            idle = _application.Running.IsIdle ? idle + LookInterval : TimeSpan.Zero;
        }

        await deadline.CancelAsync();
    }

    private void ApplyLimits(KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = _options.HeadersTimeout;
        limits.KeepAliveTimeout = _options.IdleTimeout;
        limits.MaxRequestHeadersTotalSize = _options.HeaderBytesMax;
        // A stream may run for days and a parked one moves no bytes: neither size nor rate says anything here.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = _options.StreamsPerConnectionMax;
        limits.Http2.InitialConnectionWindowSize = _options.ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = _options.StreamWindowBytes;
        limits.Http2.KeepAlivePingDelay = _options.KeepAliveInterval;
        limits.Http2.KeepAlivePingTimeout = _options.KeepAliveTimeout;
    }

    private void Listen(KestrelServerOptions kestrelOptions, ListenAddress address)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            _bound.Add(listen);
            TimeSpan patience = _options.HeadersTimeout;
            if (address.Tls is { } tls)
            {
                listen.Use(next => connection => TlsConnection.RunAsync(connection, tls, patience, next));
                return;
            }

            listen.Use(next => connection => ProtocolSniffer.SniffAsync(connection, patience, next));
        }

        if (address.UnixPath is not null)
        {
            kestrelOptions.ListenUnixSocket(address.UnixPath, Configure);
            return;
        }

        Invariant.Require(address.Address is not null);
        kestrelOptions.Listen(address.Address, Configure);
    }
}
