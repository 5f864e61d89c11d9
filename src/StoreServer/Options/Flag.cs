namespace Keelson.StoreServer.Options;

/// <summary>
/// One of etcd's flags. The environment variable and the key in the configuration file follow from the name.
/// </summary>
internal sealed record Flag(string Name, FlagKind Kind, string Default, string Help)
{
    public FlagFate Fate { get; private init; }

    /// <summary>Why the flag has no effect or is refused; empty when served.</summary>
    public string Reason { get; private init; } = "";

    public Func<StoreServerOptions, FlagValue, StoreServerOptions>? Apply { get; private init; }

    /// <summary>etcd: ETCD_, upper case, underscores (pkg/flags, FlagToEnv).</summary>
    public string EnvironmentName => "ETCD_" + Name.ToUpperInvariant().Replace('-', '_');

    public static Flag Served(
        string name,
        FlagKind kind,
        string defaultText,
        string help,
        Func<StoreServerOptions, FlagValue, StoreServerOptions> apply) =>
        new(name, kind, defaultText, help) { Apply = apply };

    public static Flag WithoutEffect(string name, FlagKind kind, string defaultText, string help, string reason) =>
        new(name, kind, defaultText, help) { Fate = FlagFate.WithoutEffect, Reason = reason };

    public static Flag Refused(string name, FlagKind kind, string defaultText, string help, string reason) =>
        new(name, kind, defaultText, help) { Fate = FlagFate.Refused, Reason = reason };
}
