using System.Buffers.Binary;
using System.Net.Http.Headers;

namespace Keelson.Rpc.Tests;

/// <summary>
/// Sends bytes as they are over a plain HTTP client: it knows nothing of gRPC and so tests what does.
/// </summary>
internal sealed class Probe : IDisposable
{
    private readonly HttpClient _client;

    public Probe(TestServer server)
    {
        _client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = server.Uri };
    }

    public static byte[] Frame(ReadOnlySpan<byte> message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public async Task<ProbeAnswer> PostAsync(
        string method, byte[] body, string contentType = "application/grpc", params (string, string)[] headers)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using HttpRequestMessage request = Request(HttpMethod.Post, method, HttpVersion.Version20);
        request.Content = content;
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<ProbeAnswer> GetAsync(string path, Version version)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path, version);
        return await SendAsync(request);
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(HttpMethod method, string path, Version version) =>
        new(method, new Uri(path, UriKind.Relative))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private async Task<ProbeAnswer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        return new ProbeAnswer(
            response.StatusCode,
            answer,
            Collect(response.Headers),
            Collect(response.TrailingHeaders));
    }

    private static Dictionary<string, string> Collect(HttpHeaders headers) =>
        headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.Ordinal);
}
