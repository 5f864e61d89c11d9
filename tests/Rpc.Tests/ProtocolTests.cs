using System.Net.Sockets;
using System.Text;
using Keelson.Rpc.Client;
using Keelson.Rpc.Server;
using Microsoft.AspNetCore.Http;

namespace Keelson.Rpc.Tests;

/// <summary>
/// HTTP/1.1, HTTP/2 and gRPC on one plaintext port; Unix sockets; connections that say nothing useful.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProtocolTests
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Port_PlainRequest_ReachesFallback(string version)
    {
        await using TestServer server = await TestServer.StartAsync(WithFallback());
        using var probe = new Probe(server);
        ProbeAnswer answer = await probe.GetAsync("/health", Version.Parse(version));
        Assert.That(Encoding.UTF8.GetString(answer.Body), Is.EqualTo($"/health HTTP/{version[0]}"));
    }

    [Test]
    public async Task Port_GrpcBesidesFallback_ReachesHandler()
    {
        await using TestServer server = await TestServer.StartAsync(WithFallback());
        using var probe = new Probe(server);
        ProbeAnswer answer = await probe.PostAsync("/test.Echo/Echo", Probe.Frame([1, 2]));
        Assert.That(answer.Body, Is.EqualTo(Probe.Frame([1, 2])));
    }

    [Test]
    public async Task Port_KnownMethodWithoutGrpcContentType_Is415DespiteFallback()
    {
        await using TestServer server = await TestServer.StartAsync(WithFallback());
        using var probe = new Probe(server);
        ProbeAnswer answer = await probe.PostAsync("/test.Echo/Echo", [], "application/json");
        Assert.That(answer.HttpStatus, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test]
    public async Task Port_PlainRequestWithoutFallback_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var probe = new Probe(server);
        ProbeAnswer answer = await probe.GetAsync("/health", HttpVersion.Version11);
        Assert.That(answer.HttpStatus, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    /// <summary>The preface byte by byte: as long as it could be HTTP/2, nobody decides.</summary>
    [Test]
    public async Task Port_PrefaceInSingleBytes_IsHttp2()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TcpClient client = await ConnectAsync(server);
        NetworkStream stream = client.GetStream();
        client.NoDelay = true;
        // Preface and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5).
        foreach (byte part in Preface.Concat(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }))
        {
            await stream.WriteAsync(new[] { part });
        }

        var header = new byte[9];
        await stream.ReadExactlyAsync(header);
        Assert.That(header[3], Is.EqualTo(4), "the server's first frame is SETTINGS");
    }

    /// <summary>Go's clients measure the bandwidth with PINGs; each is answered with its own eight bytes.</summary>
    [Test]
    public async Task Port_Ping_IsAnswered()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TcpClient client = await ConnectAsync(server);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Preface);
        // An empty SETTINGS frame, then PING (RFC 9113, section 6.7) with the payload 1 to 8.
        await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        await stream.WriteAsync(new byte[] { 0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 });
        var header = new byte[9];
        byte[] payload;
        do
        {
            await stream.ReadExactlyAsync(header);
            payload = new byte[header[2]];
            await stream.ReadExactlyAsync(payload);
        }
        while (header[3] != 6);

        Assert.That(header[4], Is.EqualTo(1), "the ACK flag");
        Assert.That(payload, Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
    }

    /// <summary>"PR" could be either; what follows makes it HTTP/1.1.</summary>
    [Test]
    public async Task Port_PropfindByHand_IsHttp1()
    {
        await using TestServer server = await TestServer.StartAsync(WithFallback());
        using TcpClient client = await ConnectAsync(server);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("PR"u8.ToArray());
        await stream.WriteAsync("OPFIND /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync();
        Assert.That(answer, Does.StartWith("HTTP/1.1 200").And.EndsWith("/x HTTP/1\r\n0\r\n\r\n"));
    }

    [Test]
    public async Task Port_Silence_IsClosedAfterPatience()
    {
        RpcServerOptions options = TestServer.Options with { HeadersTimeout = TimeSpan.FromMilliseconds(100) };
        await using TestServer server = await TestServer.StartAsync(options);
        using TcpClient client = await ConnectAsync(server);
        Assert.That(await ReadToEndAsync(client), Is.Zero);
    }

    /// <summary>Kestrel looks at its timers once a second; two of those looks must find nothing to close.</summary>
    [Test]
    public async Task Port_IdleHttp2Connection_StaysOpen()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Preface);
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(2_500));
        var types = new List<byte>();
        try
        {
            while (true)
            {
                var header = new byte[9];
                await client.GetStream().ReadExactlyAsync(header, patience.Token);
                await client.GetStream().ReadExactlyAsync(new byte[header[2]], patience.Token);
                types.Add(header[3]);
            }
        }
        catch (OperationCanceledException)
        {
            // Silence until the end is what was hoped for.
        }

        Assert.That(types, Does.Contain(4).And.Not.Contain(7), "SETTINGS, but no GOAWAY");
    }

    /// <summary>A peer that is gone without a word: etcd's --grpc-keepalive-interval and -timeout.</summary>
    [Test]
    public async Task Port_SilentHttp2Connection_IsPingedThenClosed()
    {
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with
        {
            KeepAliveInterval = TimeSpan.FromSeconds(1),
            KeepAliveTimeout = TimeSpan.FromSeconds(1),
        });
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Preface);
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var header = new byte[9];
        int pings = 0;
        while (await client.GetStream().ReadAtLeastAsync(header, 9, false, patience.Token) == 9)
        {
            await client.GetStream().ReadExactlyAsync(new byte[header[2]], patience.Token);
            // A PING that is no answer (RFC 9113, section 6.7); this side never answers.
            pings += header[3] == 6 && header[4] == 0 ? 1 : 0;
        }

        Assert.That(pings, Is.EqualTo(1));
    }

    [Test]
    public async Task Port_ClosedAtOnce_LeavesServerWorking()
    {
        await using TestServer server = await TestServer.StartAsync();
        for (int count = 0; count < 20; count++)
        {
            using TcpClient client = await ConnectAsync(server);
        }

        using RpcChannel channel = TestClient.Channel(server.Uri);
        Assert.That((await channel.CallAsync("Echo", 7)).Value!.ID, Is.EqualTo(7));
    }

    /// <summary>Any bytes behind a valid preface: the connection may die, the server may not.</summary>
    [FsCheck.NUnit.Property(MaxTest = 50)]
    public bool Port_AnyFramesAfterPreface_LeaveServerWorking(byte[] bytes) =>
        SurvivesAsync(bytes).GetAwaiter().GetResult();

    [Test]
    public async Task UnixSocket_Call_IsAnsweredAndModeIsOwnerOnly()
    {
        string path = NewSocketPath();
        await using (TestServer server = await StartUnixAsync(path))
        {
            Assert.That(
                File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            using RpcChannel channel = TestClient.Channel(new Uri($"unix://{path}"));
            Assert.That((await channel.CallAsync("Echo", 7)).Value!.ID, Is.EqualTo(7));
        }

        // A bound socket that nobody listens on is what a killed process leaves behind.
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            File.Delete(path);
            dead.Bind(new UnixDomainSocketEndPoint(path));
        }

        await using TestServer second = await StartUnixAsync(path);
        using RpcChannel again = TestClient.Channel(new Uri($"unix://{path}"));
        Assert.That((await again.CallAsync("Echo", 8)).Value!.ID, Is.EqualTo(8));
    }

    [Test]
    public async Task UnixSocket_PathIsOrdinaryFile_IsNotDeleted()
    {
        string path = NewSocketPath();
        await File.WriteAllTextAsync(path, "mine");
        Assert.That(async () => await StartUnixAsync(path), Throws.InstanceOf<IOException>());
        Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo("mine"));
        File.Delete(path);
    }

    private static string NewSocketPath() =>
        Path.Combine(Path.GetTempPath(), $"keelson-{Guid.NewGuid():N}.sock");

    private static async Task<TestServer> StartUnixAsync(string path) =>
        await TestServer.StartAsync(TestServer.Options with { Listen = [ListenAddress.Unix(path)] });

    private static RpcServerOptions WithFallback() => TestServer.Options with { Fallback = new PathFallback() };

    private static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        return client;
    }

    private static async Task<int> ReadToEndAsync(TcpClient client)
    {
        int total = 0;
        var buffer = new byte[4096];
        int count;
        while ((count = await client.GetStream().ReadAsync(buffer)) > 0)
        {
            total += count;
        }

        return total;
    }

    private static async Task<bool> SurvivesAsync(byte[] bytes)
    {
        await using TestServer server = await TestServer.StartAsync();
        using (TcpClient client = await ConnectAsync(server))
        {
            await client.GetStream().WriteAsync(Preface);
            await client.GetStream().WriteAsync(bytes);
        }

        using RpcChannel channel = TestClient.Channel(server.Uri);
        return (await channel.CallAsync("Echo", 7)).IsOK;
    }

    private sealed class PathFallback : IHttpFallback
    {
        public Task HandleAsync(HttpContext context) =>
            context.Response.WriteAsync($"{context.Request.Path} HTTP/{context.Request.Protocol[5]}");
    }
}
