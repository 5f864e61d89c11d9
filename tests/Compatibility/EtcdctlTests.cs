using Keelson.Compatibility.Processes;
using Keelson.Compatibility.Transcripts;

namespace Keelson.Compatibility;

/// <summary>
/// The real etcdctl, one script (testdata/*.txt) against two fresh servers: a user who cannot see which of them
/// answers gets the same lines, the same errors and the same exit codes.
/// </summary>
public sealed class EtcdctlTests
{
    private static readonly string[] Scripts =
    [
        "keys.txt", "ranges.txt", "transactions.txt", "transaction-bounds.txt", "history.txt", "history-zero.txt",
        "leases.txt", "watches.txt", "maintenance.txt", "cluster.txt", "flags.txt", "locks.txt",
    ];

    // Goal: what the normalizer removes is all that two equal servers differ in. Two real ones must agree.
    [TestCaseSource(nameof(Scripts))]
    public void Script_OnTwoRealServers_GivesEqualTranscripts(string script)
    {
        using EtcdProcess first = EtcdProcess.StartNew();
        using EtcdProcess second = EtcdProcess.StartNew();

        string expected = ScriptRun.Play(script, first);
        string actual = ScriptRun.Play(script, second);
        TestContext.Out.WriteLine(expected);

        Assert.That(actual, Is.EqualTo(expected));
    }

    // Goal: the comparison can fail. One write more in one of the two servers must show.
    [Test]
    public void Script_OnServersWithDifferentContent_GivesDifferentTranscripts()
    {
        using EtcdProcess first = EtcdProcess.StartNew();
        using EtcdProcess second = EtcdProcess.StartNew();
        second.Etcdctl("put", "canary", "sings").RequireSuccess();

        Assert.That(ScriptRun.Play("keys.txt", second), Is.Not.EqualTo(ScriptRun.Play("keys.txt", first)));
    }
}
