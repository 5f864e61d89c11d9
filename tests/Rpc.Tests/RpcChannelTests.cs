using System.Collections.Concurrent;
using System.Net.Sockets;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.Rpc.Tests;

/// <summary>Which connection a call takes, and when it is made a second time.</summary>
public sealed class RpcChannelTests
{
    private static readonly RpcCallOptions Read = new() { Retry = RetryRule.IfUnavailable };
    private static readonly RpcCallOptions Write = new() { Retry = RetryRule.IfNeverSent };

    private readonly ConcurrentQueue<string> _peers = new();
    private TestServer _server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _peers.Clear();
        _server = await TestServer.StartAsync(extra: router =>
        {
            router.AddUnary(TestServer.Service, "Count", new UnaryFunction((call, request, response) =>
            {
                _peers.Enqueue(call.Peer);
                response.Write(request.Span);
                return new ValueTask<RpcStatus>(RpcStatus.OK);
            }));
            router.AddUnary(TestServer.Service, "Refuse", new UnaryFunction((call, _, _) =>
            {
                _peers.Enqueue(call.Peer);
                return new ValueTask<RpcStatus>(EtcdErrors.NoLeader);
            }));
        });
    }

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task Call_SeveralConnections_GoRound()
    {
        using var channel = new RpcChannel(
            new RpcChannelOptions { Endpoints = [_server.Uri], ConnectionsPerEndpoint = 4 });
        for (int count = 0; count < 40; count++)
        {
            Assert.That((await channel.CallAsync("Count", 1)).IsOK, Is.True);
        }

        int[] perConnection = [.. _peers.GroupBy(static peer => peer).Select(static group => group.Count())];
        Assert.That(perConnection, Is.EqualTo(new[] { 10, 10, 10, 10 }));
    }

    [Test]
    public async Task Call_SeveralEndpoints_GoRound()
    {
        await using TestServer second = await TestServer.StartAsync(extra: router => router.AddUnary(
            TestServer.Service,
            "Count",
            new UnaryFunction(static (_, _, _) => new ValueTask<RpcStatus>(RpcStatus.OK))));
        using RpcChannel channel = TestClient.Channel(_server.Uri, second.Uri);
        for (int count = 0; count < 20; count++)
        {
            Assert.That((await channel.CallAsync("Count", 1)).IsOK, Is.True);
        }

        Assert.That(_peers, Has.Count.EqualTo(10));
    }

    /// <summary>A refused connection proves that nothing was sent: even writes go on to the next endpoint.</summary>
    [Test]
    public async Task Write_EndpointRefusesConnections_GoesToNext()
    {
        using RpcChannel channel = TestClient.Channel(UnusedAddress(), _server.Uri);
        for (int count = 0; count < 10; count++)
        {
            Assert.That((await channel.CallAsync("Count", 1, Write)).Status, Is.EqualTo(RpcStatus.OK));
        }

        Assert.That(_peers, Has.Count.EqualTo(10));
    }

    /// <summary>jetcd made writes again that may have happened: lost updates (etcd 14890).</summary>
    [Test]
    public async Task Issue14890_WriteThatTheServerReadBeforeItBroke_IsNotMadeAgain()
    {
        await using var faulty = new FaultyServer(readsRequests: true);
        using RpcChannel channel = TestClient.Channel(faulty.Uri, _server.Uri);
        var statuses = new List<StatusCode>();
        for (int count = 0; count < 10; count++)
        {
            statuses.Add((await channel.CallAsync("Count", 1, Write)).Status.Code);
        }

        int refused = statuses.Count(static code => code == StatusCode.Unavailable);
        Assert.That(refused, Is.EqualTo(5));
        Assert.That(faulty.Requests, Is.EqualTo(5), "each write that failed arrived once");
        Assert.That(_peers, Has.Count.EqualTo(5), "and nowhere else");
    }

    [Test]
    public async Task Read_ServerReadItAndBroke_IsMadeAgainElsewhere()
    {
        await using var faulty = new FaultyServer(readsRequests: true);
        using RpcChannel channel = TestClient.Channel(faulty.Uri, _server.Uri);
        for (int count = 0; count < 10; count++)
        {
            Assert.That((await channel.CallAsync("Count", 1, Read)).Status, Is.EqualTo(RpcStatus.OK));
        }

        Assert.That(faulty.Requests, Is.GreaterThan(0));
    }

    /// <summary>Closed before a byte was read: the write may or may not have left; it never happens twice.</summary>
    [Test]
    public async Task Write_ServerClosesAtOnce_HappensAtMostOnce()
    {
        await using var faulty = new FaultyServer(readsRequests: false);
        using RpcChannel channel = TestClient.Channel(faulty.Uri, _server.Uri);
        int succeeded = 0;
        for (int count = 0; count < 20; count++)
        {
            StatusCode code = (await channel.CallAsync("Count", 1, Write)).Status.Code;
            Assert.That(code, Is.AnyOf(StatusCode.OK, StatusCode.Unavailable));
            succeeded += code == StatusCode.OK ? 1 : 0;
        }

        Assert.That(_peers, Has.Count.EqualTo(succeeded));
    }

    [Test]
    public async Task Read_AlwaysUnavailable_StopsAfterHundredTries()
    {
        var time = new InstantTime();
        using var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [_server.Uri], Time = time });
        RpcResult<LeaseKeepAliveRequest> result = await channel.CallAsync("Refuse", 1, Read);
        Assert.That(result.Status, Is.EqualTo(EtcdErrors.NoLeader));
        Assert.That(_peers, Has.Count.EqualTo(100));
        Assert.That(time.Waits, Has.Count.EqualTo(99).And.All.InRange(
            TimeSpan.FromMilliseconds(22), TimeSpan.FromMilliseconds(28)));
    }

    [Test]
    public async Task Write_ServerAnswersUnavailable_IsNotMadeAgain()
    {
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        RpcResult<LeaseKeepAliveRequest> result = await channel.CallAsync("Refuse", 1, Write);
        Assert.That(result.Status, Is.EqualTo(EtcdErrors.NoLeader));
        Assert.That(_peers, Has.Count.EqualTo(1));
    }

    [TestCase(RetryRule.IfUnavailable, StatusCode.Unavailable, true, 1, ExpectedResult = true)]
    [TestCase(RetryRule.IfUnavailable, StatusCode.Unavailable, true, 100, ExpectedResult = false)]
    [TestCase(RetryRule.IfUnavailable, StatusCode.OutOfRange, true, 1, ExpectedResult = false)]
    [TestCase(RetryRule.IfUnavailable, StatusCode.Unknown, false, 1, ExpectedResult = false)]
    [TestCase(RetryRule.IfNeverSent, StatusCode.Unavailable, true, 1, ExpectedResult = false)]
    [TestCase(RetryRule.IfNeverSent, StatusCode.Unavailable, false, 1, ExpectedResult = true)]
    [TestCase(RetryRule.Never, StatusCode.Unavailable, false, 1, ExpectedResult = false)]
    public bool RetryPolicy_EachRule_Decides(RetryRule rule, StatusCode code, bool wasSent, int tries) =>
        RetryPolicy.MayRetry(rule, new RpcStatus(code), wasSent, tries);

    [Test]
    public void RetryPolicy_Delay_OnlyAfterEveryEndpoint()
    {
        Assert.That(RetryPolicy.Delay(1, 3, 0.5), Is.EqualTo(TimeSpan.Zero));
        Assert.That(RetryPolicy.Delay(2, 3, 0.5), Is.EqualTo(TimeSpan.Zero));
        Assert.That(RetryPolicy.Delay(3, 3, 0.5), Is.EqualTo(TimeSpan.FromMilliseconds(25)));
    }

    [Test]
    public async Task Call_TimeoutPasses_IsDeadlineExceeded()
    {
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        var options = new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) };
        RpcResult<LeaseKeepAliveRequest> result = await channel.CallAsync("Wait", 1, options);
        Assert.That(result.Status, Is.EqualTo(RpcStatus.DeadlineExceeded));
    }

    [Test]
    public async Task Call_Canceled_IsCanceled()
    {
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        using var source = new CancellationTokenSource();
        ValueTask<RpcResult<LeaseKeepAliveRequest>> call = channel.CallAsync(
            "/test.Echo/Wait",
            new LeaseKeepAliveRequest(),
            LeaseKeepAliveRequest.Parser,
            RpcCallOptions.None,
            source.Token);
        await source.CancelAsync();
        Assert.That((await call).Status, Is.EqualTo(RpcStatus.Canceled));
    }

    [Test]
    public async Task Call_ServerSendsText_ArrivesDecoded()
    {
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        RpcResult<LeaseKeepAliveRequest> result = await channel.CallAsync("Nope", 1);
        Assert.That(result.Status.ToString(), Is.EqualTo("Unimplemented: unknown method Nope for service test.Echo"));
    }

    [Test]
    public async Task Call_Metadata_IsSent()
    {
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        await using RpcClientStream stream = channel.Open(
            "Metadata", new RpcCallOptions { Metadata = [new("token", "abc.7")] });
        await stream.SendAsync("token"u8);
        stream.CompleteSending();
        ReadOnlyMemory<byte>? answer = await stream.ReadAsync();
        Assert.That(answer!.Value.ToArray(), Is.EqualTo("abc.7"u8.ToArray()));
    }

    // Goal: a stream to a server that is not there ends; its sender must not wait for a connection that never comes.
    [Test]
    public async Task Stream_NobodyListens_EndsUnavailable()
    {
        using RpcChannel channel = TestClient.Channel(UnusedAddress());
        await using RpcClientStream stream = channel.Open("Echo");
        Assert.That(await stream.SendAsync("x"u8), Is.False);
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status?.Code, Is.EqualTo(StatusCode.Unavailable));
    }

    // Goal: a call that nobody canceled never says so. .NET cancels an open body when its connection breaks.
    [Test]
    public async Task Stream_ServerBreaksBeforeItAnswers_EndsUnavailable()
    {
        await using var faulty = new FaultyServer(readsRequests: true, waitsForEnd: false);
        using RpcChannel channel = TestClient.Channel(faulty.Uri);
        for (int count = 0; count < 50; count++)
        {
            await using RpcClientStream stream = channel.Open("Echo");
            while (await stream.SendAsync("x"u8))
            {
            }

            Assert.That(await stream.ReadAsync(), Is.Null);
            Assert.That(stream.Status?.Code, Is.EqualTo(StatusCode.Unavailable), $"{stream.Status}");
        }
    }

    private static Uri UnusedAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
