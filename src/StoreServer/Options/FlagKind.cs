namespace Keelson.StoreServer.Options;

/// <summary>What a flag's text must be; the rules are those of Go's flag package.</summary>
internal enum FlagKind
{
    Text,
    Boolean,
    Signed,
    Unsigned,
    Real,
    Duration,

    /// <summary>Comma-separated words.</summary>
    List,

    /// <summary>Comma-separated URLs with a host and a port.</summary>
    Urls,
}
