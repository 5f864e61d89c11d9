using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>
/// What etcdctl prints with <c>-w protobuf</c> is the answer's message itself: no transcript can hold it. It passes
/// through od, because output is collected as text.
/// </summary>
public sealed class OutputFormatTests
{
    private static readonly string[] Commands =
    [
        "put a 1", "put a 2 --prev-kv", "put b 3", "get a", "get '' --prefix", "get '' --prefix --limit 1",
        "get '' --prefix --keys-only", "get a --count-only", "get a --rev 2", "get missing", "txn </dev/null",
        "del b --prev-kv", "del '' --prefix --prev-kv", "del a",
    ];

    [Test]
    public void Protobuf_OfOurServer_IsEtcds()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        Assert.Multiple(() =>
        {
            foreach (string command in Commands)
            {
                Assert.That(Print(store, command), Is.EqualTo(Print(etcd, command)), command);
            }
        });
    }

    private static string Print(ServerProcess server, string command)
    {
        string line = $"{PeerPrograms.Etcdctl} -w protobuf {command} | od -An -v -tx1";
        CommandResult result = RunningCommand.Run("sh", ["-c", line], environment: server.ClientEnvironment);
        byte[] message = Convert.FromHexString(string.Concat(result.Output.Where(char.IsAsciiHexDigit)));
        return $"{WireAnswer.Comparably(message)} {result.Errors}";
    }
}
