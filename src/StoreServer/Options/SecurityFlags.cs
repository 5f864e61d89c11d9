namespace Keelson.StoreServer.Options;

/// <summary>TLS, authentication and what browsers may do.</summary>
internal static class SecurityFlags
{
    public const string Title = "Security";

    private const string NoAuth = "users and roles are not served yet";
    private const string NoPeers = "there are no peers yet";
    private const string NoTls = "TLS is not served yet";

    public static readonly Flag[] All =
    [
        Flag.Refused("cert-file", FlagKind.Text, "",
            "Certificate for clients.", NoTls),
        Flag.Refused("key-file", FlagKind.Text, "",
            "Key of the certificate.", NoTls),
        Flag.Refused("client-cert-auth", FlagKind.Boolean, "false",
            "Ask clients for certificates.", NoTls),
        Flag.Refused("trusted-ca-file", FlagKind.Text, "",
            "Who signs clients' certificates.", NoTls),
        Flag.Refused("auto-tls", FlagKind.Boolean, "false",
            "Make a certificate.", NoTls),
        Flag.Refused("client-cert-file", FlagKind.Text, "",
            "Certificate to use as a client.", NoTls),
        Flag.Refused("client-key-file", FlagKind.Text, "",
            "Key to use as a client.", NoTls),
        Flag.Refused("client-crl-file", FlagKind.Text, "",
            "Revoked certificates.", NoTls),
        Flag.Refused("client-cert-allowed-hostname", FlagKind.Text, "",
            "Names that clients' certificates may carry.", NoTls),
        Flag.Refused("cipher-suites", FlagKind.List, "",
            "Allowed cipher suites.", NoTls),
        Flag.WithoutEffect("tls-min-version", FlagKind.Text, "TLS1.2",
            "Oldest TLS version.", NoTls),
        Flag.WithoutEffect("tls-max-version", FlagKind.Text, "",
            "Newest TLS version.", NoTls),
        Flag.WithoutEffect("self-signed-cert-validity", FlagKind.Unsigned, "1",
            "Years that made certificates last.", NoTls),
        Flag.WithoutEffect("peer-cert-file", FlagKind.Text, "",
            "Certificate for peers.", NoPeers),
        Flag.WithoutEffect("peer-key-file", FlagKind.Text, "",
            "Key of the peer certificate.", NoPeers),
        Flag.WithoutEffect("peer-client-cert-auth", FlagKind.Boolean, "false",
            "Ask peers for certificates.", NoPeers),
        Flag.WithoutEffect("peer-trusted-ca-file", FlagKind.Text, "",
            "Who signs peers' certificates.", NoPeers),
        Flag.WithoutEffect("peer-auto-tls", FlagKind.Boolean, "false",
            "Make a peer certificate.", NoPeers),
        Flag.WithoutEffect("peer-cert-allowed-cn", FlagKind.Text, "",
            "Names that peers may have.", NoPeers),
        Flag.WithoutEffect("peer-cert-allowed-hostname", FlagKind.Text, "",
            "Host names that peers may have.", NoPeers),
        Flag.WithoutEffect("peer-client-cert-file", FlagKind.Text, "",
            "Certificate to use towards peers.", NoPeers),
        Flag.WithoutEffect("peer-client-key-file", FlagKind.Text, "",
            "Key to use towards peers.", NoPeers),
        Flag.WithoutEffect("peer-crl-file", FlagKind.Text, "",
            "Revoked peer certificates.", NoPeers),
        Flag.WithoutEffect("peer-skip-client-san-verification", FlagKind.Boolean, "false",
            "Accept peers whose certificate lacks their address.", NoPeers),
        Flag.Served("cors", FlagKind.List, "*",
            "Origins that browsers may call from (empty or *: all).",
            static (options, value) => options with { Cors = value.Words }),
        Flag.Served("host-whitelist", FlagKind.List, "*",
            "Host names that HTTP requests may carry (empty or *: all).",
            static (options, value) => options with { HostWhitelist = value.Words }),
        Flag.WithoutEffect("auth-token", FlagKind.Text, "simple",
            "Kind of authentication tokens.", NoAuth),
        Flag.WithoutEffect("bcrypt-cost", FlagKind.Unsigned, "10",
            "Cost of hashing a password.", NoAuth),
        Flag.WithoutEffect("auth-token-ttl", FlagKind.Unsigned, "300",
            "Seconds that a token lasts.", NoAuth),
    ];
}
