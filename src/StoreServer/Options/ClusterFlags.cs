namespace Keelson.StoreServer.Options;

/// <summary>Who the members are.</summary>
internal static class ClusterFlags
{
    public const string Title = "Clustering";

    private const string NoDiscovery = "discovery is not served: name the members with --initial-cluster";
    private const string NoV2 = "etcd's v2 API is not served";
    private const string ChangesLater = "members cannot be changed yet";

    public static readonly Flag[] All =
    [
        Flag.Served("initial-advertise-peer-urls", FlagKind.Urls, "http://localhost:2380",
            "This member's peer URLs as others see them; its id follows from them.",
            static (options, value) => options with { InitialAdvertisePeerUrls = value.Urls }),
        Flag.Served("initial-cluster", FlagKind.Text, "",
            "The first members: name=url,name=url; the same on each of them. Not looked at when there is data.",
            static (options, value) => options with { InitialCluster = value.Text }),
        Flag.Served("initial-cluster-state", FlagKind.Text, "new",
            "new or existing; ignored when there is data.",
            static (options, value) => options with { InitialClusterState = value.Text }),
        Flag.Served("initial-cluster-token", FlagKind.Text, "etcd-cluster",
            "Makes the ids of clusters with the same URLs differ.",
            static (options, value) => options with { InitialClusterToken = value.Text }),
        Flag.Served("advertise-client-urls", FlagKind.Urls, "http://localhost:2379",
            "This member's client URLs as member list shows them.",
            static (options, value) => options with { AdvertiseClientUrls = value.Urls }),
        Flag.Served("auto-compaction-mode", FlagKind.Text, "periodic",
            "periodic (by time) or revision (by count).",
            static (options, value) => options with { AutoCompactionMode = value.Text }),
        Flag.Served("auto-compaction-retention", FlagKind.Text, "0",
            "How much history to keep: a duration or hours, or revisions. 0: everything.",
            static (options, value) => options with { AutoCompactionRetention = value.Text }),
        Flag.WithoutEffect("strict-reconfig-check", FlagKind.Boolean, "true",
            "Refuse changes of members that would lose the quorum.", ChangesLater),
        Flag.WithoutEffect("pre-vote", FlagKind.Boolean, "true",
            "Ask before an election.", "it is always on: without it a member that returns disturbs the others"),
        Flag.Refused("discovery", FlagKind.Text, "",
            "Discovery service.", NoDiscovery),
        Flag.WithoutEffect("discovery-fallback", FlagKind.Text, "proxy",
            "What to do without the discovery service.", NoDiscovery),
        Flag.Refused("discovery-proxy", FlagKind.Text, "",
            "Proxy to the discovery service.", NoDiscovery),
        Flag.Refused("discovery-srv", FlagKind.Text, "",
            "DNS domain that names the members.", NoDiscovery),
        Flag.Refused("discovery-srv-name", FlagKind.Text, "",
            "Suffix of the DNS service name.", NoDiscovery),
        Flag.Refused("discovery-endpoints", FlagKind.Text, "",
            "Endpoints of a discovery cluster.", NoDiscovery),
        Flag.Refused("discovery-token", FlagKind.Text, "",
            "Token for the discovery cluster.", NoDiscovery),
        Flag.Refused("enable-v2", FlagKind.Boolean, "false",
            "Serve etcd's v2 API.", NoV2),
        Flag.WithoutEffect("v2-deprecation", FlagKind.Text, "gone",
            "Phase of v2's removal.", NoV2),
        Flag.Refused("proxy", FlagKind.Text, "off",
            "v2 proxy mode.", NoV2),
        Flag.WithoutEffect("proxy-failure-wait", FlagKind.Unsigned, "5000",
            "v2 proxy.", NoV2),
        Flag.WithoutEffect("proxy-refresh-interval", FlagKind.Unsigned, "30000",
            "v2 proxy.", NoV2),
        Flag.WithoutEffect("proxy-dial-timeout", FlagKind.Unsigned, "1000",
            "v2 proxy.", NoV2),
        Flag.WithoutEffect("proxy-write-timeout", FlagKind.Unsigned, "5000",
            "v2 proxy.", NoV2),
        Flag.WithoutEffect("proxy-read-timeout", FlagKind.Unsigned, "0",
            "v2 proxy.", NoV2),
        Flag.Refused("force-new-cluster", FlagKind.Boolean, "false",
            "Forget all other members.", ChangesLater),
    ];
}
