using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Keelson.Rpc.Framing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Keelson.Rpc.Server;

/// <summary>
/// One call as the server sees it. Kestrel pools its HTTP/2 streams and keeps this object with the stream, so a call
/// costs no object of its own. Owned by whoever runs the call; only the token may be asked for from other threads.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Close gives everything back; the object itself is reused.")]
internal sealed class RpcExchange : RpcCall
{
    /// <summary>The longest delay a timer takes; a deadline beyond it needs none.</summary>
    private static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private IFeatureCollection? _features;
    private IHttpRequestFeature? _request;
    private CancellationTokenSource? _ownSource;
    private CancellationTokenRegistration _abortRegistration;
    private TimeSpan? _timeout;
    private long _startTimestamp;
    private bool _isStream;

    public RpcExchange(TimeProvider time)
    {
        _time = time;
    }

    public FrameReader Input { get; } = new();

    public FrameWriter Output { get; } = new();

    public IFeatureCollection Features => _features!;

    public IHttpRequestFeature Request => _request!;

    public RpcRoute? Route { get; private set; }

    /// <summary>A stop of the server waits for it: it ends by itself.</summary>
    public bool IsAwaited { get; set; }

    public override string Method => _request!.Path;

    public override string Peer => PeerName.Of(_features!.Get<IHttpConnectionFeature>());

    public override X509Certificate2? ClientCertificate =>
        _features!.Get<ITlsConnectionFeature>()?.ClientCertificate;

    public override TimeSpan? TimeLeft
    {
        get
        {
            if (_timeout is not { } timeout)
            {
                return null;
            }

            TimeSpan left = timeout - Elapsed;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public TimeSpan Elapsed => _time.GetElapsedTime(_startTimestamp);

    /// <summary>Without a deadline the connection's own token serves; it costs nothing until someone asks.</summary>
    public override CancellationToken CancellationToken =>
        _timeout is null && !_isStream ? Aborted : OwnToken();

    /// <summary>
    /// Not a question to the clock: a timer may fire a little before the deadline by another clock's count.
    /// </summary>
    public override RpcStatus CancellationStatus =>
        _timeout is not null && !Aborted.IsCancellationRequested ? RpcStatus.DeadlineExceeded : RpcStatus.Canceled;

    /// <summary>For waits on the input, which end by themselves when the connection does.</summary>
    public CancellationToken WaitToken => _timeout is null && !_isStream ? CancellationToken.None : OwnToken();

    private CancellationToken Aborted => _features!.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    public override string? GetMetadata(string key) =>
        _request!.Headers.TryGetValue(key, out StringValues values) && values.Count > 0 ? values[0] : null;

    public void Start(IFeatureCollection features)
    {
        _features = features;
        _request = features.GetRequiredFeature<IHttpRequestFeature>();
        _startTimestamp = _time.GetTimestamp();
    }

    /// <summary>Makes the call ready for its handler; a status other than success refuses it.</summary>
    public RpcStatus Open(RpcRoute route, int messageBytesMax)
    {
        Route = route;
        _isStream = route.Stream is not null;
        string? timeoutText = GetMetadata("grpc-timeout");
        if (timeoutText is not null)
        {
            if (!GrpcTimeout.TryParse(timeoutText, out TimeSpan timeout))
            {
                return new RpcStatus(StatusCode.Internal, $"malformed grpc-timeout: \"{timeoutText}\"");
            }

            _timeout = timeout;
        }

        Input.Start(
            _features!.GetRequiredFeature<IRequestBodyPipeFeature>().Reader,
            GetMetadata("grpc-encoding"),
            messageBytesMax);
        Output.Start(_features!.GetRequiredFeature<IHttpResponseBodyFeature>().Writer);
        return TimeLeft == TimeSpan.Zero ? RpcStatus.DeadlineExceeded : RpcStatus.OK;
    }

    /// <summary>Sets the call's token.</summary>
    public void Cancel()
    {
        OwnToken();
        _ownSource!.Cancel();
    }

    /// <summary>The call is over; the object waits for the next one.</summary>
    public void Close()
    {
        _abortRegistration.Dispose();
        _abortRegistration = default;
        _ownSource?.Dispose();
        _ownSource = null;
        _timeout = null;
        _isStream = false;
        IsAwaited = false;
        Route = null;
        Output.Stop();
        _request = null;
        _features = null;
    }

    private CancellationToken OwnToken()
    {
        lock (_gate)
        {
            if (_ownSource is null)
            {
                TimeSpan delay = TimeLeft is { } left && left < DelayMax ? left : Timeout.InfiniteTimeSpan;
                _ownSource = new CancellationTokenSource(delay, _time);
                _abortRegistration = Aborted.UnsafeRegister(
                    static source => ((CancellationTokenSource)source!).Cancel(), _ownSource);
            }

            return _ownSource.Token;
        }
    }
}
