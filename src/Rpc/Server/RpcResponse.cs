using Keelson.Rpc.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Rpc.Server;

/// <summary>
/// How a call's end is put on the wire. A status without a message before it goes into the headers of a response that
/// has nothing else (Trailers-Only), otherwise into the trailers.
/// </summary>
internal static class RpcResponse
{
    public const string ContentType = "application/grpc";

    // RFC 9113, section 7.
    private const int InternalError = 2;
    private const int CancelError = 8;

    public static void EndUnary(RpcExchange exchange, RpcStatus status)
    {
        IFeatureCollection features = exchange.Features;
        if (status.IsOK)
        {
            features.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentType = ContentType;
            exchange.Output.End();
            features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers.GrpcStatus = "0";
            return;
        }

        if (exchange.Output.IsCommitted)
        {
            // Part of the message is out; only breaking off says that it is not whole.
            features.GetRequiredFeature<IHttpResetFeature>().Reset(InternalError);
            return;
        }

        exchange.Output.Discard();
        Refuse(features, status);
    }

    public static void EndStream(RpcExchange exchange, RpcStatus status, bool isParked)
    {
        IFeatureCollection features = exchange.Features;
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        if (isParked)
        {
            // Trailers would wait behind the message that nobody reads.
            features.GetRequiredFeature<IHttpResetFeature>().Reset(CancelError);
        }
        else if (response.HasStarted)
        {
            Write(features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, status);
        }
        else
        {
            Refuse(features, status);
        }
    }

    /// <summary>Trailers-Only.</summary>
    public static void Refuse(IFeatureCollection features, RpcStatus status)
    {
        IHeaderDictionary headers = features.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.ContentType = ContentType;
        if (status.Code == StatusCode.Unimplemented)
        {
            headers.GrpcAcceptEncoding = "identity,gzip";
        }

        Write(headers, status);
    }

    private static void Write(IHeaderDictionary target, RpcStatus status)
    {
        target.GrpcStatus = status.IsOK ? "0" : ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Message))
        {
            target.GrpcMessage = GrpcMessageText.Encode(status.Message);
        }
    }
}
