using Keelson.Compatibility.Processes;
using Keelson.Compatibility.Transcripts;

namespace Keelson.Compatibility;

/// <summary>
/// The same scripts against a real etcd and against our server: whoever uses etcdctl cannot tell which one answers.
/// </summary>
public sealed class StoreTranscriptTests
{
    private static readonly string[] Scripts =
    [
        "keys.txt", "ranges.txt", "transactions.txt", "transaction-bounds.txt", "history.txt", "history-zero.txt",
        "leases.txt", "watches.txt", "maintenance.txt", "cluster.txt", "flags.txt", "locks.txt",
    ];

    [TestCaseSource(nameof(Scripts))]
    public void Script_OnOurServer_GivesEtcdsTranscript(string script)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();

        string expected = ScriptRun.Play(script, etcd);
        string actual = ScriptRun.Play(script, store);

        Assert.That(actual, Is.EqualTo(expected));
    }
}
