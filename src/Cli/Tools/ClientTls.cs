using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Cli.Tools;

/// <summary>A client's TLS from files, as etcdctl's flags name them.</summary>
internal static class ClientTls
{
    /// <summary>Null when no file is given: the platform's defaults.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SslClientAuthenticationOptions? Read(string? authority, string? certificate, string? key)
    {
        if (authority is null && certificate is null)
        {
            return null;
        }

        var options = new SslClientAuthenticationOptions();
        if (authority is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            options.CertificateChainPolicy = policy;
        }

        if (certificate is not null)
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        return options;
    }
}
