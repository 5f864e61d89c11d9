using System.Runtime.InteropServices;

namespace Keelson.StoreServer;

/// <summary>
/// The level of etcd's API that is claimed. Clients switch on it: kube-apiserver asks for watch progress from 3.5.13
/// on, and Patroni parses the dotted parts as integers.
/// </summary>
public static class ServedVersion
{
    public const string Server = "3.6.14";

    /// <summary>What the cluster as a whole agrees on: etcd keeps the minor version only.</summary>
    public const string Cluster = "3.6.0";

    /// <summary>StatusResponse.storageVersion and /version's storage.</summary>
    public const string Storage = "3.6.0";

    public static string Program { get; } =
        typeof(ServedVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>What --version prints: etcd's form, which its test suites parse, and what this really is.</summary>
    public static string Text { get; } = string.Join(
        '\n',
        $"etcd Version: {Server}",
        $"Keelson Version: {Program}",
        $".NET Version: {Environment.Version}",
        $"OS/Arch: {RuntimeInformation.RuntimeIdentifier}");
}
