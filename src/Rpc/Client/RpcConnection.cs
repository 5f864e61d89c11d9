using System.Net;
using System.Net.Sockets;

namespace Keelson.Rpc.Client;

/// <summary>One HTTP/2 connection to one endpoint, reopened as needed.</summary>
internal sealed class RpcConnection : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _origin;
    private long _penaltyEndTimestamp;

    public RpcConnection(Uri endpoint, RpcChannelOptions options)
    {
        bool isUnix = endpoint.Scheme == "unix";
        _origin = isUnix ? new Uri("http://localhost") : endpoint;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = options.KeepAliveInterval,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            InitialHttp2StreamWindowSize = 1024 * 1024,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls;
        }

        if (isUnix)
        {
            string path = endpoint.AbsolutePath;
            handler.ConnectCallback = (_, cancellationToken) => ConnectUnixAsync(path, cancellationToken);
        }

        _invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>Until this timestamp other connections are preferred; 0 when there is no reason to.</summary>
    public long PenaltyEndTimestamp
    {
        get => Volatile.Read(ref _penaltyEndTimestamp);
        set => Volatile.Write(ref _penaltyEndTimestamp, value);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    public HttpRequestMessage CreateRequest(string method, HttpContent content, RpcCallOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_origin, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (options.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", Framing.GrpcTimeout.Format(timeout));
        }

        foreach ((string key, string value) in options.Metadata)
        {
            request.Headers.TryAddWithoutValidation(key, value);
        }

        return request;
    }

    public void Dispose() => _invoker.Dispose();

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
