namespace Keelson.Compatibility.Processes;

/// <summary>The real etcd of .peers, as a cluster of one.</summary>
internal sealed class EtcdProcess : ServerProcess
{
    public static EtcdProcess StartNew(params string[] flags)
    {
        var etcd = new EtcdProcess { Flags = flags };
        etcd.Start();
        return etcd;
    }

    /// <summary>Starts on what etcdutl restores from a backup.</summary>
    public static EtcdProcess StartRestored(string backup, params string[] restoreOptions)
    {
        var etcd = new EtcdProcess();
        RunningCommand.Run(
            PeerPrograms.Etcdutl,
            ["snapshot", "restore", backup, "--data-dir", etcd.DataDirectory, .. restoreOptions]).RequireSuccess();
        etcd.Start();
        return etcd;
    }

    protected override RunningCommand Launch() =>
        RunningCommand.Start(
            PeerPrograms.Etcd,
            [
                .. CommonArguments,
                "--initial-advertise-peer-urls", PeerUrl,
                "--initial-cluster", $"default={PeerUrl}",
                // Tests measure answers, not the disk: a sync per write would only make them slower.
                "--unsafe-no-fsync",
            ]);
}
