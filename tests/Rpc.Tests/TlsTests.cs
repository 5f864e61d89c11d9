using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Rpc.Client;
using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>The same server behind TLS: ALPN chooses HTTP/2, and a client's certificate reaches the handler.</summary>
public sealed class TlsTests
{
    [Test]
    public async Task Tls_MutualCertificates_CallSeesClientName()
    {
        using X509Certificate2 serverCertificate = SelfSigned("localhost");
        using X509Certificate2 clientCertificate = SelfSigned("alice");
        SslServerAuthenticationOptions Tls() => new()
        {
            ServerCertificate = serverCertificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Same(certificate, clientCertificate),
        };
        await using TestServer server = await TestServer.StartAsync(
            TestServer.Options with { Listen = [ListenAddress.Tcp(new IPEndPoint(IPAddress.Loopback, 0), Tls)] },
            static router => router.AddUnary(TestServer.Service, "Who", new UnaryFunction(static (call, _, response) =>
            {
                response.Write(TestClient.Bytes(call.ClientCertificate!.Subject == "CN=alice" ? 1 : 2));
                return new ValueTask<RpcStatus>(RpcStatus.OK);
            })));
        using var channel = new RpcChannel(new RpcChannelOptions
        {
            Endpoints = [new Uri($"https://127.0.0.1:{server.Port}")],
            Tls = new SslClientAuthenticationOptions
            {
                ClientCertificates = [clientCertificate],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => Same(certificate, serverCertificate),
            },
        });
        Assert.That((await channel.CallAsync("Who", 0)).Value?.ID, Is.EqualTo(1));
    }

    [Test]
    public async Task Tls_LargeMessages_TravelBothWays()
    {
        using X509Certificate2 certificate = SelfSigned("localhost");
        SslServerAuthenticationOptions Tls() => new() { ServerCertificate = certificate };
        await using TestServer server = await TestServer.StartAsync(
            TestServer.Options with { Listen = [ListenAddress.Tcp(new IPEndPoint(IPAddress.Loopback, 0), Tls)] });
        using var channel = new RpcChannel(new RpcChannelOptions
        {
            Endpoints = [new Uri($"https://127.0.0.1:{server.Port}")],
            Tls = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, seen, _, _) => Same(seen, certificate),
            },
        });
        var message = new byte[1_000_000];
        new Random(1).NextBytes(message);
        await using RpcClientStream stream = channel.Open("EchoAll");
        Task<bool> sending = stream.SendAsync(message.AsSpan()).AsTask();
        Assert.That((await stream.ReadAsync())!.Value.Span.SequenceEqual(message), Is.True);
        Assert.That(await sending, Is.True);
    }

    [Test]
    public async Task Tls_ServerNotTrusted_IsUnavailable()
    {
        using X509Certificate2 certificate = SelfSigned("localhost");
        SslServerAuthenticationOptions Tls() => new() { ServerCertificate = certificate };
        await using TestServer server = await TestServer.StartAsync(
            TestServer.Options with { Listen = [ListenAddress.Tcp(new IPEndPoint(IPAddress.Loopback, 0), Tls)] });
        using RpcChannel channel = TestClient.Channel(new Uri($"https://127.0.0.1:{server.Port}"));
        var options = new RpcCallOptions { Retry = RetryRule.Never };
        Assert.That((await channel.CallAsync("Echo", 0, options)).Status.Code, Is.EqualTo(StatusCode.Unavailable));
    }

    private static bool Same(X509Certificate? one, X509Certificate2 other) =>
        one is not null && one.GetRawCertData().AsSpan().SequenceEqual(other.RawDataMemory.Span);

    private static X509Certificate2 SelfSigned(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
