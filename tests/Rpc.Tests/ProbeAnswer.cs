namespace Keelson.Rpc.Tests;

internal sealed record ProbeAnswer(
    HttpStatusCode HttpStatus,
    byte[] Body,
    Dictionary<string, string> Headers,
    Dictionary<string, string> Trailers)
{
    /// <summary>Trailers-Only puts the status into the headers.</summary>
    public bool IsTrailersOnly => Headers.ContainsKey("grpc-status");

    public string? Status => Headers.GetValueOrDefault("grpc-status") ?? Trailers.GetValueOrDefault("grpc-status");

    public string? Message => Headers.GetValueOrDefault("grpc-message") ?? Trailers.GetValueOrDefault("grpc-message");
}
