using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Client;

/// <summary>Finds out how a call ended: from headers, trailers, HTTP's own status, or the way it broke.</summary>
internal static class StatusReader
{
    private static readonly RpcStatus NoStatus =
        new(StatusCode.Internal, "server closed the stream without sending trailers");

    private static readonly RpcStatus ConnectionLost =
        new(StatusCode.Unavailable, "connection lost before the call was answered");

    /// <summary>Null while the headers do not end the call.</summary>
    public static RpcStatus? OfHeaders(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return OfHttp(response.StatusCode);
        }

        return TryRead(response.Headers, out RpcStatus status) ? status : null;
    }

    public static RpcStatus OfTrailers(HttpResponseMessage response) =>
        TryRead(response.TrailingHeaders, out RpcStatus status) ? status : NoStatus;

    /// <summary>The table of "HTTP to gRPC Status Code Mapping".</summary>
    public static RpcStatus OfHttp(HttpStatusCode code)
    {
        StatusCode status = code switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new RpcStatus(status, $"unexpected HTTP status code received from server: {(int)code}");
    }

    /// <summary>
    /// Null when the exception is none of the transport's. .NET (10.0, Http2Connection) cancels a request's body when
    /// the connection breaks: whether the caller has left, only his own token says.
    /// </summary>
    public static RpcStatus? OfException(Exception exception, CancellationToken caller) => exception switch
    {
        HttpProtocolException protocol => OfReset(protocol),
        HttpRequestException { InnerException: HttpProtocolException protocol } => OfReset(protocol),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        }
            => new RpcStatus(StatusCode.Unavailable, $"connection error: {exception.Message}"),
        HttpRequestException or IOException or SocketException
            => new RpcStatus(StatusCode.Unavailable, $"error reading from server: {exception.Message}"),
        OperationCanceledException when caller.IsCancellationRequested => RpcStatus.Canceled,
        OperationCanceledException => ConnectionLost,
        _ => null,
    };

    /// <summary>
    /// The table of "HTTP2 Transport Mapping, Errors". NO_ERROR differs: .NET reports a GOAWAY that left the call out
    /// in the same way as a reset stream, and a server that goes away in peace is Unavailable.
    /// </summary>
    private static RpcStatus OfReset(HttpProtocolException exception)
    {
        StatusCode status = exception.ErrorCode switch
        {
            0 or 7 => StatusCode.Unavailable,
            8 => StatusCode.Canceled,
            11 => StatusCode.ResourceExhausted,
            12 => StatusCode.PermissionDenied,
            _ => StatusCode.Internal,
        };
        return new RpcStatus(status, $"stream terminated: {exception.Message}");
    }

    private static bool TryRead(HttpHeaders headers, out RpcStatus status)
    {
        status = default;
        if (!headers.NonValidated.TryGetValues("grpc-status", out HeaderStringValues values))
        {
            return false;
        }

        bool isNumber = int.TryParse(
            values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        StatusCode code = isNumber && number <= (int)StatusCode.Unauthenticated
            ? (StatusCode)number
            : StatusCode.Unknown;
        string? text = headers.NonValidated.TryGetValues("grpc-message", out HeaderStringValues message)
            ? GrpcMessageText.Decode(message.ToString())
            : null;
        status = new RpcStatus(code, text);
        return true;
    }
}
