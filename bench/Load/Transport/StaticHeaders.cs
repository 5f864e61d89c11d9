namespace Keelson.Bench.Load.Transport;

/// <summary>The fields that HPACK numbers from 1 to 61 (RFC 7541, appendix A).</summary>
internal static class StaticHeaders
{
    private static readonly string[] Fields =
    [
        ":authority", ":method GET", ":method POST", ":path /", ":path /index.html", ":scheme http", ":scheme https",
        ":status 200", ":status 204", ":status 206", ":status 304", ":status 400", ":status 404", ":status 500",
        "accept-charset", "accept-encoding gzip, deflate", "accept-language", "accept-ranges", "accept",
        "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
        "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server",
        "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via",
        "www-authenticate",
    ];

    private static readonly (string Name, string Value)[] Table = [.. Fields.Select(Split)];

    /// <param name="index">From 1 to 61.</param>
    public static (string Name, string Value) At(int index) => Table[index - 1];

    private static (string Name, string Value) Split(string field)
    {
        int space = field.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (field, "") : (field[..space], field[(space + 1)..]);
    }
}
