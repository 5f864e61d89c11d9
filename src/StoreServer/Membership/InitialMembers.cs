using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Membership;

/// <summary>Who a new cluster begins with.</summary>
internal static class InitialMembers
{
    /// <summary>The members that valid options name, this one among them; in ascending order of their ids.</summary>
    public static IReadOnlyList<InitialMember> Of(StoreServerOptions options)
    {
        if (options.InitialCluster.Length == 0)
        {
            return [Create(options.Name, options.InitialAdvertisePeerUrls.Select(url => url.ToString()), options)];
        }

        string? fault = InitialClusterText.Parse(
            options.InitialCluster, out SortedDictionary<string, SortedSet<string>> urlsByName);
        Invariant.Require(fault is null);
        return [.. urlsByName.Select(each => Create(each.Key, each.Value, options)).OrderBy(member => member.Id)];
    }

    private static InitialMember Create(string name, IEnumerable<string> urls, StoreServerOptions options)
    {
        string[] sorted = [.. urls.Order(StringComparer.Ordinal)];
        return new InitialMember(NodeIdentity.MemberOf(sorted, options.InitialClusterToken), name, sorted);
    }
}
