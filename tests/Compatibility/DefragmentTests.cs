using System.Text.Json;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility;

/// <summary>
/// Goal: who deletes and compacts most of a small database and runs <c>etcdctl defrag</c> sees the database shrink,
/// as with etcd. Ours answers at once and gives the space back beside the requests.
/// </summary>
public sealed class DefragmentTests
{
    private const int Keys = 40;
    private const int ValueBytes = 100_000;

    [Test]
    public void Defragment_OfASmallDatabase_GivesTheSpaceBack()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        using StoreProcess store = StoreProcess.StartNew();
        foreach (ServerProcess server in new ServerProcess[] { etcd, store })
        {
            string value = new('v', ValueBytes);
            for (int key = 0; key < Keys; key++)
            {
                server.Etcdctl(["put", $"big/{key}"], value).RequireSuccess();
            }

            server.Etcdctl("put", "small", "stays").RequireSuccess();
            Assert.That(() => SizeOf(server), Is.GreaterThan(Keys * ValueBytes).After(60_000, 50), Name(server));
            server.Etcdctl("del", "--prefix", "big/").RequireSuccess();
            server.Etcdctl("compact", $"{Keys + 3}", "--physical").RequireSuccess();
            server.Etcdctl("defrag").RequireSuccess();
            Assert.That(() => SizeOf(server), Is.LessThan(ValueBytes).After(60_000, 50), Name(server));
            Assert.That(server.Etcdctl("get", "small").RequireSuccess(), Is.EqualTo("small\nstays\n"));
        }
    }

    private static string Name(ServerProcess server) => server.GetType().Name;

    /// <summary>dbSize of the status.</summary>
    private static long SizeOf(ServerProcess server)
    {
        string status = server.Etcdctl("endpoint", "status", "-w", "json").RequireSuccess();
        return JsonDocument.Parse(status).RootElement[0].GetProperty("Status").GetProperty("dbSize").GetInt64();
    }
}
