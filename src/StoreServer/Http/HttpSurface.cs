using System.Text;
using Keelson.Rpc.Server;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Microsoft.AspNetCore.Http;

namespace Keelson.StoreServer.Http;

/// <summary>What is served beside gRPC: /version, /metrics and the health checks (etcd 3.5, etcdhttp).</summary>
internal sealed class HttpSurface : IHttpFallback
{
    private const string Version =
        $"{{\"etcdserver\":\"{ServedVersion.Server}\",\"etcdcluster\":\"{ServedVersion.Cluster}\","
        + $"\"storage\":\"{ServedVersion.Storage}\"}}";

    private readonly PrometheusExporter _metrics;
    private readonly HealthChecks _health;
    private readonly BrowserRules _browsers;

    public HttpSurface(PrometheusExporter metrics, HealthChecks health, StoreServerOptions options)
    {
        _metrics = metrics;
        _health = health;
        _browsers = new BrowserRules(options);
    }

    public Task HandleAsync(HttpContext context)
    {
        if (!_browsers.Admit(context))
        {
            return HttpAnswer.WriteTextAsync(
                context, StatusCodes.Status421MisdirectedRequest, "Host is not allowed\n");
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET";
            return HttpAnswer.WriteTextAsync(context, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
        }

        return context.Request.Path.Value switch
        {
            "/version" => HttpAnswer.WriteAsync(context, "application/json", Encoding.UTF8.GetBytes(Version)),
            "/metrics" => HttpAnswer.WriteAsync(
                context, PrometheusExporter.ContentType, Encoding.UTF8.GetBytes(_metrics.Render())),
            _ => _health.TryHandle(context)
                ?? HttpAnswer.WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n"),
        };
    }
}
