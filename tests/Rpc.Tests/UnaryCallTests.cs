using System.IO.Compression;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>Every way a unary call can end, over real sockets and a client that knows only HTTP.</summary>
public sealed class UnaryCallTests
{
    private const int MessageBytesMax = 100_000;

    private TestServer _server = null!;
    private Probe _probe = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await TestServer.StartAsync(
            TestServer.Options with { ReceiveMessageBytesMax = MessageBytesMax },
            static router =>
            {
                router.AddUnary("etcdserverpb.Lease", "LeaseGrant", LeaseGrantHandler());
                router.AddUnary(TestServer.Service, "Throw", new UnaryFunction(
                    static (_, _, _) => throw new InvalidOperationException("a bug")));
                router.AddUnary(TestServer.Service, "WriteThenFail", new UnaryFunction(WriteThenFail));
                router.AddUnary(TestServer.Service, "Late", new UnaryFunction(
                    static async (_, request, response) =>
                    {
                        await Task.Yield();
                        response.Write(request.Span);
                        return RpcStatus.OK;
                    }));
            });
        _probe = new Probe(_server);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _probe.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Unary_Success_SendsMessageAndStatusInTrailers(
        [Values("Echo", "Late")] string method, [Values(0, 1, 4091, 4092, 99_999, 100_000)] int length)
    {
        var message = new byte[length];
        new Random(length).NextBytes(message);
        ProbeAnswer answer = await _probe.PostAsync($"/test.Echo/{method}", Probe.Frame(message));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.HttpStatus, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(answer.Body.AsSpan().SequenceEqual(Probe.Frame(message)), Is.True);
            Assert.That(answer.Status, Is.EqualTo("0"));
            Assert.That(answer.IsTrailersOnly, Is.False);
        }
    }

    [Test]
    public async Task Unary_HandlerFails_AnswersTrailersOnlyWithEncodedText()
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Fail", Probe.Frame("50% für\n"u8));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.IsTrailersOnly, Is.True);
            Assert.That(answer.Body, Is.Empty);
            Assert.That(answer.Status, Is.EqualTo("9"));
            Assert.That(answer.Message, Is.EqualTo("50%25 f%C3%BCr%0A"));
        }
    }

    [Test]
    public async Task Unary_HandlerWritesLittleThenFails_SendsNoMessage()
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/WriteThenFail", Probe.Frame([10]));
        Assert.That((answer.IsTrailersOnly, answer.Body.Length, answer.Status), Is.EqualTo((true, 0, "5")));
    }

    [Test]
    public void Unary_HandlerWritesMuchThenFails_BreaksOff()
    {
        Assert.That(
            async () => await _probe.PostAsync("/test.Echo/WriteThenFail", Probe.Frame(new byte[10_000])),
            Throws.InstanceOf<HttpRequestException>());
    }

    [TestCase("/test.Echo/Nope", "unknown method Nope for service test.Echo")]
    [TestCase("/other.Thing/Nope", "unknown service other.Thing")]
    [TestCase("/nothing", "malformed method name: \"/nothing\"")]
    public async Task Unary_UnknownMethod_IsUnimplementedInGoWords(string path, string text)
    {
        ProbeAnswer answer = await _probe.PostAsync(path, Probe.Frame([]));
        Assert.That((answer.Status, answer.Message), Is.EqualTo(("12", text)));
    }

    [Test]
    public async Task Unary_MessageOverLimit_IsResourceExhaustedInGoWords()
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Echo", Probe.Frame(new byte[MessageBytesMax + 1]));
        Assert.That(
            (answer.Status, answer.Message),
            Is.EqualTo(("8", "grpc: received message larger than max (100001 vs. 100000)")));
    }

    [TestCase(new byte[] { }, "13", "unexpected EOF", TestName = "Unary_EmptyBody_IsInternal")]
    [TestCase(new byte[] { 0, 0, 0 }, "13", "unexpected EOF", TestName = "Unary_CutPrefix_IsInternal")]
    [TestCase(new byte[] { 0, 0, 0, 0, 9, 1 }, "13", "unexpected EOF", TestName = "Unary_CutMessage_IsInternal")]
    [TestCase(
        new byte[] { 7, 0, 0, 0, 0 },
        "13",
        "grpc: received unexpected payload format 7",
        TestName = "Unary_UnknownFlag_IsInternal")]
    [TestCase(
        new byte[] { 1, 0, 0, 0, 0 },
        "13",
        "grpc: compressed flag set with identity or empty encoding",
        TestName = "Unary_CompressedWithoutEncoding_IsInternal")]
    public async Task Unary_DamagedFraming_IsRefused(byte[] body, string status, string text)
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Echo", body);
        Assert.That((answer.Status, answer.Message), Is.EqualTo((status, text)));
    }

    [Test]
    public async Task Unary_UnknownCompression_IsUnimplementedAndNamesWhatWorks()
    {
        ProbeAnswer answer = await _probe.PostAsync(
            "/test.Echo/Echo", Probe.Frame([1], flag: 1), headers: ("grpc-encoding", "snappy"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo("12"));
            Assert.That(answer.Headers["grpc-accept-encoding"], Is.EqualTo("identity,gzip"));
        }
    }

    [Test]
    public async Task Unary_GzipRequest_IsExpanded([Values(0, 100, 100_000)] int length)
    {
        var message = new byte[length];
        ProbeAnswer answer = await PostGzipAsync(message);
        Assert.That(answer.Body.AsSpan().SequenceEqual(Probe.Frame(message)), Is.True);
    }

    [Test]
    public async Task Unary_GzipBomb_IsResourceExhausted()
    {
        ProbeAnswer answer = await PostGzipAsync(new byte[20_000_000]);
        Assert.That(
            (answer.Status, answer.Message),
            Is.EqualTo(("8", "grpc: received message after decompression larger than max 100000")));
    }

    [Test]
    public async Task Unary_GzipDamaged_IsInternal()
    {
        ProbeAnswer answer = await _probe.PostAsync(
            "/test.Echo/Echo", Probe.Frame("no gzip"u8, flag: 1), headers: ("grpc-encoding", "gzip"));
        Assert.That(answer.Status, Is.EqualTo("13"));
    }

    [TestCase("application/json")]
    [TestCase("application/grpc-web")]
    public async Task Unary_OtherContentType_Is415(string contentType)
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Echo", Probe.Frame([]), contentType);
        Assert.That(answer.HttpStatus, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [TestCase("application/grpc+proto")]
    [TestCase("application/grpc; charset=utf-8")]
    public async Task Unary_GrpcContentTypeVariant_IsAccepted(string contentType)
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Echo", Probe.Frame([1]), contentType);
        Assert.That(answer.Status, Is.EqualTo("0"));
    }

    [Test]
    public async Task Unary_DeadlinePasses_IsDeadlineExceeded([Values("30m", "1n", "0S")] string timeout)
    {
        ProbeAnswer answer = await _probe.PostAsync(
            "/test.Echo/Wait", Probe.Frame([]), headers: ("grpc-timeout", timeout));
        Assert.That((answer.Status, answer.Message), Is.EqualTo(("4", "context deadline exceeded")));
    }

    [Test]
    public async Task Unary_MalformedTimeout_IsInternal()
    {
        ProbeAnswer answer = await _probe.PostAsync(
            "/test.Echo/Echo", Probe.Frame([]), headers: ("grpc-timeout", "5 apples"));
        Assert.That(answer.Status, Is.EqualTo("13"));
    }

    [Test]
    public async Task Unary_HandlerThrows_IsInternalWithoutDetails()
    {
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Throw", Probe.Frame([]));
        Assert.That((answer.Status, answer.Message), Is.EqualTo(("13", "internal error")));
    }

    [TestCase("token", "abc.17")]
    [TestCase("authorization", "Bearer x")]
    [TestCase("hasleader", "true")]
    public async Task Unary_Metadata_ReachesHandler(string key, string value)
    {
        ProbeAnswer answer = await _probe.PostAsync(
            "/test.Echo/Metadata", Probe.Frame(System.Text.Encoding.ASCII.GetBytes(key)), headers: (key, value));
        Assert.That(System.Text.Encoding.ASCII.GetString(answer.Body.AsSpan(5)), Is.EqualTo(value));
    }

    [Test]
    public async Task Unary_MetadataOfEarlierCall_IsGone()
    {
        // Exchanges are reused: what one call brought must not show in the next.
        await _probe.PostAsync("/test.Echo/Metadata", Probe.Frame("token"u8), headers: ("token", "secret"));
        ProbeAnswer answer = await _probe.PostAsync("/test.Echo/Metadata", Probe.Frame("token"u8));
        Assert.That(System.Text.Encoding.ASCII.GetString(answer.Body.AsSpan(5)), Is.EqualTo("absent"));
    }

    [Test]
    public async Task MessageUnary_ValidRequest_IsAnswered()
    {
        byte[] request = [0x08, 10, 0x10, 7];
        ProbeAnswer answer = await _probe.PostAsync("/etcdserverpb.Lease/LeaseGrant", Probe.Frame(request));
        LeaseGrantResponse response = LeaseGrantResponse.Parser.ParseFrom(answer.Body.AsSpan(5));
        Assert.That((response.ID, response.TTL), Is.EqualTo((7L, 10L)));
    }

    [Test]
    public async Task MessageUnary_HandlerRefuses_SendsItsStatus()
    {
        ProbeAnswer answer = await _probe.PostAsync("/etcdserverpb.Lease/LeaseGrant", Probe.Frame([]));
        Assert.That((answer.Status, answer.Message), Is.EqualTo(("11", "etcdserver: too large lease TTL")));
    }

    /// <summary>Any bytes: an answer or Internal, and the connection goes on.</summary>
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool MessageUnary_AnyBytes_IsAnsweredOrInternal(byte[] request)
    {
        ProbeAnswer answer = _probe.PostAsync("/etcdserverpb.Lease/LeaseGrant", Probe.Frame(request))
            .GetAwaiter().GetResult();
        return answer.Status is "0" or "11"
            || (answer.Status == "13" && answer.Message == RpcStatus.MalformedRequest.Message);
    }

    /// <summary>Any bytes as the body itself, framing included.</summary>
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Unary_AnyBody_HasAStatus(byte[] body)
    {
        ProbeAnswer answer = _probe.PostAsync("/test.Echo/Echo", body).GetAwaiter().GetResult();
        return answer.HttpStatus == HttpStatusCode.OK && answer.Status is "0" or "8" or "13";
    }

    private static MessageUnaryHandler<LeaseGrantRequest, LeaseGrantResponse> LeaseGrantHandler() =>
        new(LeaseGrantRequest.Parser, static (_, request) => new ValueTask<RpcResult<LeaseGrantResponse>>(
            request.TTL > 0
                ? new LeaseGrantResponse { ID = request.ID, TTL = request.TTL }
                : new RpcStatus(StatusCode.OutOfRange, "etcdserver: too large lease TTL")));

    private static ValueTask<RpcStatus> WriteThenFail(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        response.Write(request.Span);
        return new ValueTask<RpcStatus>(new RpcStatus(StatusCode.NotFound));
    }

    private Task<ProbeAnswer> PostGzipAsync(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(message);
        }

        return _probe.PostAsync(
            "/test.Echo/Echo", Probe.Frame(compressed.ToArray(), flag: 1), headers: ("grpc-encoding", "gzip"));
    }
}
