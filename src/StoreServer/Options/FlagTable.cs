using System.Collections.Frozen;

namespace Keelson.StoreServer.Options;

/// <summary>All of etcd's flags, of 3.5 and later.</summary>
internal static class FlagTable
{
    /// <summary>Up to 3.6 flags that were on trial had this prefix; both forms are accepted.</summary>
    private const string TrialPrefix = "experimental-";

    public static readonly (string Title, Flag[] Flags)[] Groups =
    [
        (MemberFlags.Title, MemberFlags.All),
        (ClusterFlags.Title, ClusterFlags.All),
        (SecurityFlags.Title, SecurityFlags.All),
        (MonitoringFlags.Title, MonitoringFlags.All),
        (FeatureFlags.Title, FeatureFlags.All),
    ];

    private static readonly FrozenDictionary<string, Flag> ByName =
        Groups.SelectMany(group => group.Flags).ToFrozenDictionary(flag => flag.Name, StringComparer.Ordinal);

    public static IEnumerable<Flag> All => Groups.SelectMany(group => group.Flags);

    public static Flag? Find(string name)
    {
        if (name.StartsWith(TrialPrefix, StringComparison.Ordinal))
        {
            name = name[TrialPrefix.Length..];
        }

        return ByName.GetValueOrDefault(name);
    }

    /// <summary>The names of the environment that set a flag; the older one is looked up last.</summary>
    public static IEnumerable<string> EnvironmentNames(Flag flag) =>
        [flag.EnvironmentName, "ETCD_EXPERIMENTAL_" + flag.EnvironmentName["ETCD_".Length..]];
}
