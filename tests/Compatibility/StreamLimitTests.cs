using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility;

/// <summary>Goal: --max-concurrent-streams holds for who ignores it, frame for frame as with etcd.</summary>
public sealed class StreamLimitTests
{
    private const int Limit = 5;

    private static readonly string[] Flags = ["--max-concurrent-streams", "5"];

    [Test]
    public async Task MoreStreamsThanAllowed_AreRefused_UntilOthersEnd()
    {
        using EtcdProcess etcd = EtcdProcess.StartNew(Flags);
        using StoreProcess store = StoreProcess.StartNew(Flags);
        List<string> expected = await ExceedAsync(etcd.Endpoint);
        List<string> actual = await ExceedAsync(store.Endpoint);

        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(expected, Is.EqualTo(new[]
        {
            "answered", "answered", "answered", "answered", "answered", "limit 5", "watch reset 7", "put reset 7",
            "answered", "watch reset 7", "other connection answered",
        }));
    }

    // etcd sets no limit then (math.MaxUint32), ours is far above what a client opens.
    [Test]
    public async Task ManyStreams_WithoutTheFlag_AreAllAnswered()
    {
        const int Streams = 1_000;
        using StoreProcess store = StoreProcess.StartNew();
        using var connection = new RawConnection(store.Endpoint);
        for (int count = 0; count < Streams; count++)
        {
            Assert.That(await connection.WaitForAsync(OpenWatch(connection)), Is.EqualTo("answered"));
        }

        Assert.That(connection.Limit, Is.Null.Or.GreaterThan(Streams));
    }

    private static async Task<List<string>> ExceedAsync(string endpoint)
    {
        var seen = new List<string>();
        using var connection = new RawConnection(endpoint);
        var streams = new List<int>();
        for (int count = 0; count < Limit; count++)
        {
            streams.Add(OpenWatch(connection));
            seen.Add(await connection.WaitForAsync(streams[^1]));
        }

        seen.Add($"limit {connection.Limit}");
        seen.Add("watch " + await connection.WaitForAsync(OpenWatch(connection)));
        byte[] put = new MessageBytes().Bytes(1, "k").ToArray();
        seen.Add("put " + await connection.WaitForAsync(connection.Open("KV/Put", put)));
        connection.Cancel(streams[0]);
        seen.Add(await connection.WaitForAsync(OpenWatch(connection)));
        seen.Add("watch " + await connection.WaitForAsync(OpenWatch(connection)));
        using var other = new RawConnection(endpoint);
        seen.Add("other connection " + await other.WaitForAsync(OpenWatch(other)));
        return seen;
    }

    private static int OpenWatch(RawConnection connection) => connection.Open(
        "Watch/Watch", new MessageBytes().Message(1, new MessageBytes().Bytes(1, "k")).ToArray());
}
