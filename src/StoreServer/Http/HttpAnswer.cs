using System.Text;
using Microsoft.AspNetCore.Http;

namespace Keelson.StoreServer.Http;

/// <summary>Writes whole answers.</summary>
internal static class HttpAnswer
{
    private const string PlainText = "text/plain; charset=utf-8";

    public static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, PlainText, Encoding.UTF8.GetBytes(text));
    }

    public static async Task WriteAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
