namespace Keelson.StoreServer.Options;

/// <summary>
/// Where etcd's configuration file has the flags: most under their own names, those of TLS in two groups (etcd 3.5,
/// embed/config.go: Config, configJSON, securityConfig). A field elsewhere is not read.
/// </summary>
internal static class ConfigurationFields
{
    public const string ClientGroup = "client-transport-security";
    public const string PeerGroup = "peer-transport-security";

    private static readonly string[] InGroups =
    [
        "cert-file", "key-file", "client-cert-file", "client-key-file", "client-cert-auth", "trusted-ca-file",
        "auto-tls",
    ];

    /// <summary>Flags that etcd has on the command line and in the environment only.</summary>
    private static readonly string[] NotInFiles =
    [
        "client-crl-file", "client-cert-allowed-hostname", "peer-crl-file", "peer-cert-allowed-cn",
        "peer-cert-allowed-hostname", "peer-skip-client-san-verification", "raft-read-timeout", "raft-write-timeout",
        "socket-reuse-port", "socket-reuse-address",
    ];

    private static readonly string[] Lists =
    [
        "log-outputs", "cipher-suites", "client-cert-allowed-hostname", "peer-cert-allowed-cn",
        "peer-cert-allowed-hostname",
    ];

    /// <summary>Whether JSON has a list where the flag has words with commas.</summary>
    public static bool IsList(Flag flag) => Lists.Contains(flag.Name);

    /// <summary>The flag of a field, its name in lower case; null when etcd does not read it there.</summary>
    /// <param name="group">Empty outside groups.</param>
    /// <param name="name">The field's.</param>
    public static Flag? Find(string group, string name) => (group, name) switch
    {
        (ClientGroup, "allowed-hostname") => FlagTable.Find("client-cert-allowed-hostname"),
        (PeerGroup, "allowed-cn" or "allowed-hostname") => FlagTable.Find("peer-cert-" + name),
        (ClientGroup, _) => InGroups.Contains(name) ? FlagTable.Find(name) : null,
        (PeerGroup, _) => InGroups.Contains(name) ? FlagTable.Find("peer-" + name) : null,
        _ => FlagTable.Find(name) is { } flag && GroupOf(flag).Length == 0 && !NotInFiles.Contains(flag.Name)
            ? flag
            : null,
    };

    /// <summary>The group that has a flag's field; empty for none.</summary>
    public static string GroupOf(Flag flag)
    {
        if (InGroups.Contains(flag.Name))
        {
            return ClientGroup;
        }

        return InGroups.Any(name => flag.Name == "peer-" + name) ? PeerGroup : "";
    }
}
