using System.Security.Cryptography.X509Certificates;

namespace Keelson.Rpc;

/// <summary>
/// What a handler knows of its caller. Valid until the handler's task completes, not longer: servers reuse it for the
/// next call.
/// </summary>
public abstract class RpcCall
{
    /// <summary>The full method name, e.g. <c>/etcdserverpb.KV/Range</c>.</summary>
    public abstract string Method { get; }

    /// <summary>The caller's address: <c>ip:port</c>, or <c>unix</c>.</summary>
    public abstract string Peer { get; }

    /// <summary>Set once the caller went away, its deadline passed or its input turned out to be damaged.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>What is left of the caller's deadline, never negative; null when it set none.</summary>
    public abstract TimeSpan? TimeLeft { get; }

    /// <summary>The certificate that the caller proved to own; null without mutual TLS.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    /// <summary>The value of a metadata key (lower case, e.g. <c>token</c>), or null.</summary>
    public abstract string? GetMetadata(string key);

    /// <summary>The status that tells the caller why <see cref="CancellationToken"/> was set.</summary>
    public abstract RpcStatus CancellationStatus { get; }
}
