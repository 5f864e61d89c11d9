using Keelson.Compatibility.Processes;
using Keelson.Compatibility.Transcripts;

namespace Keelson.Compatibility;

/// <summary>Our server as a process, where it is not compared with etcd's.</summary>
public sealed class StoreProcessTests
{
    [Test]
    public void Store_AfterTermination_EndsInOrder()
    {
        using StoreProcess store = StoreProcess.StartNew();

        Assert.That(store.Stop().ExitCode, Is.Zero);
    }

    // Goal: what is not built yet says so, by the code that clients know, instead of hanging or half working.
    [Test]
    public void UnbuiltCalls_OfEtcdctl_AnswerUnimplemented()
    {
        using StoreProcess store = StoreProcess.StartNew();
        string[] lines = File.ReadAllLines(PeerPrograms.TestData("unimplemented.txt"));
        foreach (ScriptStep.Run step in ScriptParser.Parse(lines).OfType<ScriptStep.Run>())
        {
            CommandResult result = store.Etcdctl(step.Arguments);

            Assert.That(result.ExitCode, Is.Not.Zero, step.Line);
            Assert.That(result.Errors, Does.Contain("Unimplemented"), step.Line);
        }
    }
}
