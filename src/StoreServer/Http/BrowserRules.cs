using System.Collections.Frozen;
using Keelson.StoreServer.Options;
using Microsoft.AspNetCore.Http;

namespace Keelson.StoreServer.Http;

/// <summary>
/// Which browsers may call: --cors by the Origin header, --host-whitelist by the Host header (CVE-2018-1098, 1099).
/// </summary>
internal sealed class BrowserRules
{
    private readonly FrozenSet<string> _origins;
    private readonly FrozenSet<string> _hosts;

    public BrowserRules(StoreServerOptions options)
    {
        _origins = options.Cors.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _hosts = options.HostWhitelist.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Adds the CORS headers; false when the request's host is not on the list.</summary>
    public bool Admit(HttpContext context)
    {
        if (AllowsAll(_origins))
        {
            AddHeaders(context, "*");
        }
        else if (context.Request.Headers.Origin.ToString() is { Length: > 0 } origin && _origins.Contains(origin))
        {
            AddHeaders(context, origin);
        }

        return AllowsAll(_hosts) || _hosts.Contains(context.Request.Host.Host);
    }

    private static bool AllowsAll(FrozenSet<string> words) => words.Count == 0 || words.Contains("*");

    private static void AddHeaders(HttpContext context, string origin)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "POST, GET, OPTIONS, PUT, DELETE";
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowHeaders = "accept, content-type, authorization";
    }
}
