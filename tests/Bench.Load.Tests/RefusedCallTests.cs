using System.Net;
using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Tests;

/// <summary>Goal: when a server refuses a call, who runs the load reads why.</summary>
public sealed class RefusedCallTests
{
    private static readonly (string, string)[] Refusal =
    [
        ("content-type", "application/grpc"), ("grpc-status", "8"),
        ("grpc-message", "etcdserver: mvcc: database space exceeded%0A100%25"),
    ];

    [TestCase(false)]
    [TestCase(true)]
    public void Call_Refused_FailsWithTheServersWords(bool inPieces)
    {
        using ScriptedServer server = new(stream => ScriptedServer.Headers(stream, inPieces, Refusal));
        Assert.That(
            () => PutOnce(server.EndPoint),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"put on {server.EndPoint}: a call failed: RESOURCE_EXHAUSTED: "
                + "etcdserver: mvcc: database space exceeded\n100%"));
    }

    [Test]
    public void Call_Reset_SaysTheError()
    {
        using ScriptedServer server = new(stream => ScriptedServer.Reset(stream, 7));
        Assert.That(
            () => PutOnce(server.EndPoint),
            Throws.TypeOf<IOException>().With.Message.Contains("the server reset the stream, HTTP/2 error 7"));
    }

    [Test]
    public void Call_EndedWithoutAStatus_SaysSo()
    {
        using ScriptedServer server = new(stream => ScriptedServer.Headers(stream, inPieces: false, ("a", "b")));
        Assert.That(
            () => PutOnce(server.EndPoint),
            Throws.TypeOf<IOException>().With.Message.Contains("HTTP status 200, no gRPC status"));
    }

    [Test]
    public void Call_EndedInOrderWithoutAReply_Fails()
    {
        using ScriptedServer server =
            new(stream => ScriptedServer.Headers(stream, inPieces: false, ("grpc-status", "0")));
        Assert.That(
            () => PutOnce(server.EndPoint),
            Throws.TypeOf<IOException>().With.Message.Contains("a call failed: OK, but without a reply"));
    }

    private static void PutOnce(IPEndPoint server) => Session.Complete(
        new Target("scripted", server, Environment.ProcessId),
        new PutWorkload(new KeySpace(48, 256, 10), KeyOrder.Ascending),
        new Shape(1, 1),
        calls: 1);
}
