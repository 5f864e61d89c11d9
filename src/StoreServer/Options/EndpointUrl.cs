using System.Net;

namespace Keelson.StoreServer.Options;

/// <summary>
/// A URL of etcd's: <c>http</c> and <c>https</c> with host and port; <c>unix</c> and <c>unixs</c> with the path of a
/// socket (or, as etcd has it, <c>host:port</c> as the name of one).
/// </summary>
public sealed record EndpointUrl
{
    private EndpointUrl(string scheme, string host, int port)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
    }

    public string Scheme { get; }

    /// <summary>Without brackets; the socket's path for <c>unix</c>.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool IsUnix => Scheme is "unix" or "unixs";

    public bool IsTls => Scheme is "https" or "unixs";

    /// <summary>
    /// Null and the fault, in etcd's words, when the text is no such URL (etcd 3.5, client/pkg/types).
    /// </summary>
    internal static EndpointUrl? Parse(string text, out string fault)
    {
        fault = "";
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator > 0 ? text[..separator] : "";
        if (scheme is not ("http" or "https" or "unix" or "unixs"))
        {
            fault = $"URL scheme must be http, https, unix, or unixs: {text}";
            return null;
        }

        string rest = text[(separator + 3)..];
        return scheme is "unix" or "unixs" ? ParseUnix(scheme, rest, out fault) : ParseTcp(scheme, rest, out fault);
    }

    /// <summary>Null when the host is a name other than localhost: etcd binds to addresses only.</summary>
    internal IPEndPoint? ToIPEndPoint()
    {
        if (Host == "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, Port);
        }

        return IPAddress.TryParse(Host, out IPAddress? address) ? new IPEndPoint(address, Port) : null;
    }

    public override string ToString()
    {
        if (IsUnix)
        {
            return $"{Scheme}://{Host}";
        }

        string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{host}:{Port}");
    }

    private static EndpointUrl? ParseUnix(string scheme, string path, out string fault)
    {
        fault = path.Length == 0 ? "the path of the socket is missing" : "";
        return path.Length == 0 ? null : new EndpointUrl(scheme, path, 0);
    }

    private static EndpointUrl? ParseTcp(string scheme, string rest, out string fault)
    {
        fault = "";
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash < rest.Length - 1)
        {
            fault = $"URL must not contain a path: {scheme}://{rest}";
            return null;
        }

        string authority = slash >= 0 ? rest[..slash] : rest;
        int colon = authority.LastIndexOf(':');
        string host = colon < 0 ? "" : authority[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        bool isNamed = host.Length > 0 && (isBracketed || !host.Contains(':', StringComparison.Ordinal));
        if (!isNamed || !ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, null, out ushort port))
        {
            fault = $"URL address does not have the form \"host:port\": {scheme}://{rest}";
            return null;
        }

        return new EndpointUrl(scheme, host, port);
    }
}
