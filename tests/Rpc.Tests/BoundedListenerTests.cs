using System.Net.Sockets;
using Keelson.Rpc.Server;
using Keelson.Rpc.Server.Connections;
using Microsoft.AspNetCore.Connections;

namespace Keelson.Rpc.Tests;

/// <summary>Goal: accepting is bounded, goes on after failures, does not spin, and always ends.</summary>
public sealed class BoundedListenerTests
{
    private readonly Recorder _observer = new();
    private readonly InstantTime _time = new();
    private int _accepted;

    [Test]
    public async Task Accept_OutOfDescriptors_TriesAgainLessAndLessOften_AndTellsOnce()
    {
        const int Failures = 12;
        int calls = 0;
        await using BoundedListener listener = Listener(new ConnectionGate(1, _observer), _ =>
            ++calls <= Failures
                ? throw new SocketException((int)SocketError.TooManyOpenSockets)
                : new ValueTask<ConnectionContext>(new DefaultConnectionContext()));
        Assert.That(await listener.AcceptAsync(), Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(_time.Waits, Has.Count.EqualTo(Failures));
            Assert.That(_time.Waits.Take(3).Select(wait => wait.TotalMilliseconds), Is.EqualTo(new[] { 5, 10, 20 }));
            Assert.That(_time.Waits[^1], Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(_observer.Failures, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Accept_OfAConnectionThatWasReset_TakesTheNextAtOnce()
    {
        int calls = 0;
        await using BoundedListener listener = Listener(new ConnectionGate(1, _observer), _ =>
            ++calls == 1
                ? throw new SocketException((int)SocketError.ConnectionAborted)
                : new ValueTask<ConnectionContext>(new DefaultConnectionContext()));
        Assert.That(await listener.AcceptAsync(), Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(_time.Waits, Is.Empty);
            Assert.That(_observer.Failures, Is.Zero);
        });
    }

    [Test]
    public async Task Accept_WithoutAPlace_WaitsForOne_AcrossListeners()
    {
        var gate = new ConnectionGate(2, _observer);
        await using BoundedListener first = Listener(gate, Next);
        await using BoundedListener second = Listener(gate, Next);
        ConnectionContext one = (await first.AcceptAsync())!;
        await second.AcceptAsync();
        Assert.That(_observer.Full, Is.Zero);
        Task<ConnectionContext?> third = second.AcceptAsync().AsTask();
        Assert.Multiple(() =>
        {
            Assert.That(third.IsCompleted, Is.False);
            Assert.That(_accepted, Is.EqualTo(2));
            Assert.That(_observer.Full, Is.EqualTo(1));
        });
        await one.DisposeAsync();
        await one.DisposeAsync();
        Assert.That(await third, Is.Not.Null);
        Task<ConnectionContext?> fourth = first.AcceptAsync().AsTask();
        Assert.That(fourth.IsCompleted, Is.False, "a connection has one place, however often it is disposed");
    }

    [Test]
    public async Task Unbind_EndsWhoWaitsForAPlace_AndThePlaceIsNotLost()
    {
        var gate = new ConnectionGate(1, _observer);
        BoundedListener ended = Listener(gate, Next);
        await using BoundedListener other = Listener(gate, Next);
        ConnectionContext one = (await ended.AcceptAsync())!;
        Task<ConnectionContext?> waiting = ended.AcceptAsync().AsTask();
        await ended.UnbindAsync();
        Assert.That(await waiting, Is.Null);
        await one.DisposeAsync();
        Assert.That(await other.AcceptAsync(), Is.Not.Null);
        await ended.DisposeAsync();
    }

    [Test]
    public async Task Unbind_EndsAnAcceptThatWaitsForConnections_OrBetweenFailures()
    {
        var gate = new ConnectionGate(2, _observer);
        BoundedListener silent = Listener(gate, async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new System.Diagnostics.UnreachableException();
        });
        Task<ConnectionContext?> waiting = silent.AcceptAsync().AsTask();
        await silent.UnbindAsync();
        Assert.That(await waiting, Is.Null);
        await silent.DisposeAsync();

        BoundedListener failing = Listener(
            gate, static _ => throw new SocketException((int)SocketError.TooManyOpenSockets), TimeProvider.System);
        waiting = failing.AcceptAsync().AsTask();
        await failing.UnbindAsync();
        Assert.That(await waiting, Is.Null);
        await failing.DisposeAsync();
    }

    [Test]
    public async Task Server_WithAllPlacesTaken_AnswersTheNextOnceOneIsClosed()
    {
        await using TestServer server = await TestServer.StartAsync(
            TestServer.Options with { ConnectionsMax = 2, ConnectionObserver = _observer });
        using TcpClient first = await ConnectAsync(server);
        using TcpClient second = await ConnectAsync(server);
        await ReadAsync(first);
        await ReadAsync(second);
        using TcpClient third = await ConnectAsync(server);
        Assert.That(SpinWait.SpinUntil(() => _observer.Full > 0, TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(third.Available, Is.Zero);
        first.Close();
        await ReadAsync(third);
    }

    private static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        await client.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        return client;
    }

    private static async Task ReadAsync(TcpClient client) =>
        Assert.That(await client.GetStream().ReadAsync(new byte[1]), Is.EqualTo(1));

    private BoundedListener Listener(
        ConnectionGate gate, Func<CancellationToken, ValueTask<ConnectionContext>> accept, TimeProvider? time = null) =>
        new(accept, static () => { }, gate, _observer.AcceptFailed, time ?? _time)
        {
            EndPoint = new IPEndPoint(IPAddress.Loopback, 1),
        };

    private ValueTask<ConnectionContext> Next(CancellationToken cancellationToken)
    {
        _accepted++;
        return new ValueTask<ConnectionContext>(new DefaultConnectionContext());
    }

    private sealed class Recorder : IConnectionObserver
    {
        private int _full;

        public int Full => Volatile.Read(ref _full);

        public int Failures { get; private set; }

        void IConnectionObserver.Full(int max) => Interlocked.Increment(ref _full);

        public void AcceptFailed(Exception exception) => Failures++;
    }
}
