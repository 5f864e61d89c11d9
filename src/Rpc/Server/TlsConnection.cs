using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Keelson.Rpc.Server;

/// <summary>
/// TLS in front of a connection. Kestrel's own needs a service container; this is the same handshake without one, and
/// it asks for the options anew for each connection, so that renewed certificates need no restart.
/// </summary>
internal static class TlsConnection
{
    public static async Task RunAsync(
        ConnectionContext connection,
        Func<SslServerAuthenticationOptions> options,
        TimeSpan patience,
        ConnectionDelegate next)
    {
        IDuplexPipe plain = connection.Transport;
        await using var stream = new SslStream(new DuplexStream(plain), leaveInnerStreamOpen: false);
        if (!await TryAuthenticateAsync(stream, options(), patience))
        {
            return;
        }

        var feature = new TlsFeature(
            stream.RemoteCertificate as X509Certificate2, stream.NegotiatedApplicationProtocol);
        connection.Features.Set<ITlsConnectionFeature>(feature);
        connection.Features.Set<ITlsApplicationProtocolFeature>(feature);
        var secured = new DuplexPipe(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        connection.Transport = secured;
        try
        {
            await next(connection);
        }
        finally
        {
            await secured.Input.CompleteAsync();
            await secured.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    private static async Task<bool> TryAuthenticateAsync(
        SslStream stream, SslServerAuthenticationOptions options, TimeSpan patience)
    {
        options.ApplicationProtocols ??= [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await stream.AuthenticateAsServerAsync(options, timeout.Token);
            return true;
        }
        catch (Exception exception)
            when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class TlsFeature : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public TlsFeature(X509Certificate2? clientCertificate, SslApplicationProtocol protocol)
        {
            ClientCertificate = clientCertificate;
            ApplicationProtocol = protocol.Protocol;
        }

        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult(ClientCertificate);
    }
}
