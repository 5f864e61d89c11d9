namespace Keelson.StoreServer.Options;

/// <summary>What happens to a flag of etcd's that somebody sets.</summary>
internal enum FlagFate
{
    Served,

    /// <summary>Accepted and reported: a single node behaves the same without it.</summary>
    WithoutEffect,

    /// <summary>Ignoring it would leave the user less safe, or with less, than asked for.</summary>
    Refused,
}
