namespace Keelson.StoreServer.Options;

/// <summary>Gates and tuning of etcd's own machinery.</summary>
internal static class FeatureFlags
{
    public const string Title = "Features";

    private const string AlwaysChecked = "checksums and hashes are always compared";
    private const string OwnFiles = "the store keeps its own files";
    private const string ChangesLater = "members cannot be changed yet";

    public static readonly Flag[] All =
    [
        Flag.WithoutEffect("feature-gates", FlagKind.List, "",
            "Features to switch: Name=true,Name=false.",
            "the features of etcd's gates are always on, or not needed"),
        Flag.WithoutEffect("corrupt-check-time", FlagKind.Duration, "0s",
            "Time between comparisons of members.", AlwaysChecked),
        Flag.WithoutEffect("compact-hash-check-time", FlagKind.Duration, "1m",
            "Time between comparisons of compaction hashes.", AlwaysChecked),
        Flag.WithoutEffect("compaction-batch-limit", FlagKind.Unsigned, "1000",
            "Revisions that compaction drops at a time.", OwnFiles),
        Flag.WithoutEffect("compaction-sleep-interval", FlagKind.Duration, "10ms",
            "Pause of compaction.", OwnFiles),
        Flag.WithoutEffect("snapshot-catchup-entries", FlagKind.Unsigned, "5000",
            "Log entries kept for slow members.",
            "the log is kept as far back as the older of two checkpoints"),
        Flag.WithoutEffect("max-learners", FlagKind.Unsigned, "1",
            "How many learners a cluster may have.", ChangesLater),
        Flag.WithoutEffect("downgrade-check-time", FlagKind.Duration, "5s",
            "Time between looks at a downgrade.",
            "downgrades are not served yet"),
        Flag.WithoutEffect("memory-mlock", FlagKind.Boolean, "false",
            "Keep the database in memory.", OwnFiles),
        Flag.WithoutEffect("bootstrap-defrag-threshold-megabytes", FlagKind.Unsigned, "0",
            "Defragment at start.", OwnFiles),
        Flag.WithoutEffect("unsafe-no-fsync", FlagKind.Boolean, "false",
            "Do not wait for the disk.",
            "every acknowledged write is on the disk"),
        Flag.WithoutEffect("set-member-localaddr", FlagKind.Boolean, "false",
            "Bind outgoing connections to the peer URL's address.",
            "the platform chooses the address"),
        Flag.WithoutEffect("initial-corrupt-check", FlagKind.Boolean, "false",
            "Compare with other members before serving.", AlwaysChecked),
        Flag.WithoutEffect("compact-hash-check-enabled", FlagKind.Boolean, "false",
            "Compare compaction hashes.", AlwaysChecked),
        Flag.WithoutEffect("enable-lease-checkpoint", FlagKind.Boolean, "false",
            "Replicate what is left of leases.",
            "deadlines are always replicated"),
        Flag.WithoutEffect("enable-lease-checkpoint-persist", FlagKind.Boolean, "false",
            "Keep what is left of leases.",
            "deadlines are always replicated"),
        Flag.WithoutEffect("stop-grpc-service-on-defrag", FlagKind.Boolean, "false",
            "Refuse calls during defragmentation.",
            "defragmentation stops nothing here"),
        Flag.WithoutEffect("txn-mode-write-with-shared-buffer", FlagKind.Boolean, "true",
            "How transactions read.", OwnFiles),
    ];
}
