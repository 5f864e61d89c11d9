using Microsoft.AspNetCore.Http;

namespace Keelson.Rpc.Server;

/// <summary>Answers what is not gRPC: health, metrics, the JSON gateway.</summary>
public interface IHttpFallback
{
    Task HandleAsync(HttpContext context);
}
