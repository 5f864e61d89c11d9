using System.Buffers.Binary;
using System.Net;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility.Grpc;

/// <summary>
/// Sends operations to a server of etcd's v3 API: gRPC over HTTP/2 without TLS, each call and its answer as plain
/// bytes, so that nothing of ours but the codec under test stands between.
/// </summary>
internal sealed class EtcdConnection : IDisposable
{
    private const int FrameHeaderBytes = 5;

    private readonly HttpClient _client;

    public EtcdConnection(string endpoint)
    {
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{endpoint}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The server's answer, in the model's words.</summary>
    public async Task<OperationResult> SendAsync(Operation operation)
    {
        using HttpRequestMessage request = Request(MethodOf(operation), RequestEncoder.Encode(operation));
        using HttpResponseMessage response = await AnswerAsync(operation, request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        string status = Header(response, "grpc-status");
        if (status == "0")
        {
            return ResponseDecoder.Decode(operation, Unframe(body));
        }

        string text = Uri.UnescapeDataString(Header(response, "grpc-message"));
        return EtcdErrorText.TryParse(text, out EtcdError error)
            ? OperationResult.Failed(error)
            : throw new InvalidDataException($"grpc-status {status}, \"{text}\" to {operation}");
    }

    /// <summary>How a unary call with these bytes as its message ends.</summary>
    public async Task<WireAnswer> CallAsync(string method, byte[] message)
    {
        using HttpRequestMessage request = Request(method, message);
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        string text = Uri.UnescapeDataString(Header(response, "grpc-message"));
        return new WireAnswer(
            Header(response, "grpc-status"), text, body.Length == 0 ? [] : Unframe(body).ToArray());
    }

    /// <summary>The first messages of a streaming call whose only request this is.</summary>
    public Task<List<byte[]>> ReadStreamAsync(string method, byte[] message, int count) =>
        ReadStreamAsync(method, [message], count);

    /// <summary>The first messages of a streaming call with these requests.</summary>
    public async Task<List<byte[]>> ReadStreamAsync(string method, IReadOnlyList<byte[]> sent, int count)
    {
        // The client's own timeout ends with the headers.
        using var timeout = new CancellationTokenSource(_client.Timeout);
        using HttpRequestMessage request = Request(method, sent);
        using HttpResponseMessage response =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        var messages = new List<byte[]>();
        while (messages.Count < count)
        {
            var header = new byte[FrameHeaderBytes];
            await body.ReadExactlyAsync(header, timeout.Token);
            var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
            await body.ReadExactlyAsync(answer, timeout.Token);
            messages.Add(answer);
        }

        return messages;
    }

    private async Task<HttpResponseMessage> AnswerAsync(Operation operation, HttpRequestMessage request)
    {
        try
        {
            return await _client.SendAsync(request);
        }
        catch (HttpRequestException exception)
        {
            throw new InvalidDataException($"no answer to {operation}", exception);
        }
    }

    private static HttpRequestMessage Request(string method, params IReadOnlyList<byte[]> messages)
    {
        var content = new ByteArrayContent([.. messages.SelectMany(Frame)]);
        content.Headers.Add("content-type", "application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, $"/etcdserverpb.{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Add("te", "trailers");
        return request;
    }

    private static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[FrameHeaderBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(FrameHeaderBytes));
        return frame;
    }

    // A call that fails at once has its status in the headers; there are no trailers then.
    private static string Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? trailers) ? trailers.First()
        : response.Headers.TryGetValues(name, out IEnumerable<string>? headers) ? headers.First()
        : "";

    private static ReadOnlySpan<byte> Unframe(byte[] body)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        return body.AsSpan(FrameHeaderBytes, length);
    }

    private static string MethodOf(Operation operation) => operation switch
    {
        Operation.Put => "KV/Put",
        Operation.DeleteRange => "KV/DeleteRange",
        Operation.Range => "KV/Range",
        Operation.Txn => "KV/Txn",
        Operation.Compact => "KV/Compact",
        Operation.LeaseGrant => "Lease/LeaseGrant",
        Operation.LeaseRevoke => "Lease/LeaseRevoke",
        Operation.LeaseKeepAlive => "Lease/LeaseKeepAlive",
        Operation.LeaseTimeToLive => "Lease/LeaseTimeToLive",
        Operation.LeaseLeases => "Lease/LeaseLeases",
        Operation.Alarm => "Maintenance/Alarm",
        _ => throw new System.Diagnostics.UnreachableException($"{operation} is no call"),
    };
}
