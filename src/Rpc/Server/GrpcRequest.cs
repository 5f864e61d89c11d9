using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Rpc.Server;

/// <summary>Tells gRPC from other requests.</summary>
internal static class GrpcRequest
{
    private const string ContentType = "application/grpc";

    /// <summary>POST over HTTP/2 with <c>application/grpc</c>, a subtype (<c>+proto</c>) or parameters.</summary>
    public static bool IsGrpc(IHttpRequestFeature request) =>
        request.Protocol == "HTTP/2" && request.Method == "POST" && HasContentType(request);

    /// <summary>
    /// The HTTP status for a request that neither gRPC nor the fallback may answer; null when one may.
    /// </summary>
    public static int? Refusal(IHttpRequestFeature request, Router router, bool hasFallback)
    {
        if (router.TryFind(request.Path, out _) || !hasFallback)
        {
            // gRPC over HTTP/2, "Request-Headers": anything but application/grpc is answered with 415.
            return HasContentType(request)
                ? StatusCodes.Status505HttpVersionNotsupported
                : StatusCodes.Status415UnsupportedMediaType;
        }

        return null;
    }

    private static bool HasContentType(IHttpRequestFeature request)
    {
        string? value = request.Headers.ContentType;
        return value is not null
            && value.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
            && (value.Length == ContentType.Length || value[ContentType.Length] is '+' or ';');
    }
}
