using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Keelson.Rpc.Server;

/// <summary>
/// HTTP/1.1 and HTTP/2 with prior knowledge on one plaintext port. Kestrel chooses by ALPN only, so a connection whose
/// first bytes are the HTTP/2 preface (RFC 9113, section 3.4) is given the features of one that negotiated "h2".
/// </summary>
internal static class ProtocolSniffer
{
    private static ReadOnlySpan<byte> PrefaceStart => "PRI "u8;

    public static async Task SniffAsync(ConnectionContext connection, TimeSpan patience, ConnectionDelegate next)
    {
        if (await StartsWithPrefaceAsync(connection.Transport.Input, patience) is not { } isHttp2)
        {
            return;
        }

        if (isHttp2)
        {
            connection.Features.Set<ITlsConnectionFeature>(new PlainTextFeature());
            connection.Features.Set<ITlsApplicationProtocolFeature>(new PlainTextFeature());
        }

        await next(connection);
    }

    /// <summary>Null when the connection ended or said nothing in time.</summary>
    private static async Task<bool?> StartsWithPrefaceAsync(PipeReader input, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(timeout.Token);
                bool? verdict = Judge(result.Buffer);
                // Everything is put back; while undecided it counts as seen, so that the next read waits for more.
                input.AdvanceTo(
                    result.Buffer.Start, verdict is null ? result.Buffer.End : result.Buffer.Start);
                if (verdict is not null || result.IsCompleted)
                {
                    return verdict;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static bool? Judge(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[PrefaceStart.Length];
        int length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        if (!PrefaceStart.StartsWith(start[..length]))
        {
            return false;
        }

        return length == PrefaceStart.Length ? true : null;
    }

    private sealed class PlainTextFeature : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = SslApplicationProtocol.Http2.Protocol;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
