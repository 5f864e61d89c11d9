namespace Keelson.StoreServer.Options;

/// <summary>--initial-cluster: <c>name=url,name=url</c>; a name may come more than once, with another URL.</summary>
internal static class InitialClusterText
{
    public static IEnumerable<string> Check(StoreServerOptions options)
    {
        if (options.InitialCluster.Length == 0)
        {
            return [];
        }

        string? fault = Parse(options.InitialCluster, out SortedDictionary<string, SortedSet<string>> urlsByName);
        return fault is null ? Compare(options, urlsByName) : [fault];
    }

    /// <summary>Null, or what is wrong with the text.</summary>
    public static string? Parse(string text, out SortedDictionary<string, SortedSet<string>> urlsByName)
    {
        urlsByName = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int separator = part.IndexOf('=', StringComparison.Ordinal);
            string name = separator > 0 ? part[..separator].Trim() : "";
            if (name.Length == 0)
            {
                return $"--initial-cluster: incorrect format: \"{part}\" is not name=url";
            }

            if (EndpointUrl.Parse(part[(separator + 1)..].Trim(), out string fault) is not { } url)
            {
                return $"--initial-cluster: {fault}";
            }

            urlsByName.TryAdd(name, new SortedSet<string>(StringComparer.Ordinal));
            urlsByName[name].Add(url.ToString());
        }

        return null;
    }

    private static IEnumerable<string> Compare(
        StoreServerOptions options, SortedDictionary<string, SortedSet<string>> urlsByName)
    {
        if (!urlsByName.TryGetValue(options.Name, out SortedSet<string>? urls))
        {
            yield return $"couldn't find local name \"{options.Name}\" in the initial cluster configuration";
        }
        else if (!urls.SetEquals(options.InitialAdvertisePeerUrls.Select(url => url.ToString())))
        {
            yield return "--initial-cluster must include the URLs of --initial-advertise-peer-urls for "
                + $"\"{options.Name}\": {string.Join(',', urls)} is not "
                + string.Join(',', options.InitialAdvertisePeerUrls);
        }
    }
}
