using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>Python's etcd3 client, the same program against two fresh servers: its output must be equal.</summary>
public sealed class PythonClientTests
{
    [Test]
    public void Program_OnTwoRealServers_PrintsTheSame()
    {
        using EtcdProcess first = EtcdProcess.StartNew();
        using EtcdProcess second = EtcdProcess.StartNew();

        string expected = Run(first);
        TestContext.Out.WriteLine(expected);

        Assert.That(expected, Does.Contain("watch saw all: True"));
        Assert.That(Run(second), Is.EqualTo(expected));
    }

    private static string Run(ServerProcess server) =>
        RunningCommand.Run(
            PeerPrograms.Python,
            [PeerPrograms.TestData("client.py"), server.Endpoint],
            environment: new Dictionary<string, string>
            {
                ["PYTHONPATH"] = PeerPrograms.PythonPath,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            }).RequireSuccess();
}
