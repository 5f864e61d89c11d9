using Keelson.Rpc.Client;

namespace Keelson.Rpc.Tests;

/// <summary>Stopping: what runs may finish, what comes later goes elsewhere, what never ends is cut off.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan LongDrain = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Stop_CallRunning_CallFinishesFirst()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(extra: router => router.AddUnary(
            TestServer.Service, "Slow", new UnaryFunction(async (_, request, response) =>
            {
                started.SetResult();
                await release.Task;
                response.Write(request.Span);
                return RpcStatus.OK;
            })));
        using RpcChannel channel = TestClient.Channel(server.Uri);
        ValueTask<RpcResult<Etcd.LeaseKeepAliveRequest>> call = channel.CallAsync("Slow", 7);
        await started.Task;
        Task stop = server.Server.StopAsync(LongDrain);
        Assert.That(server.Server.Stopping.IsCancellationRequested, Is.True);
        release.SetResult();
        Assert.That((await call).Value!.ID, Is.EqualTo(7));
        await stop;
    }

    [Test]
    public async Task Stop_CallNeverEnds_IsAbortedAfterDrain()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RpcChannel channel = TestClient.Channel(server.Uri);
        await using RpcClientStream stream = channel.Open("EchoAll");
        await stream.SendAsync("x"u8);
        Assert.That(await stream.ReadAsync(), Is.Not.Null);
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50));
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status!.Value.IsOK, Is.False);
    }

    /// <summary>No call is lost under load: each is answered, or refused with Unavailable.</summary>
    [Test]
    public async Task Stop_UnderLoad_EveryCallIsAnsweredOrUnavailable()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RpcChannel channel = TestClient.Channel(server.Uri);
        var options = new RpcCallOptions { Retry = RetryRule.Never };
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered = 0;

        async Task<RpcStatus> CallUntilRefusedAsync()
        {
            while (true)
            {
                RpcResult<Etcd.LeaseKeepAliveRequest> result = await channel.CallAsync("Echo", 1, options);
                if (!result.IsOK)
                {
                    return result.Status;
                }

                if (Interlocked.Increment(ref answered) == 2_000)
                {
                    enough.SetResult();
                }
            }
        }

        Task<RpcStatus>[] callers = [.. Enumerable.Range(0, 32).Select(_ => CallUntilRefusedAsync())];
        await enough.Task;
        await server.Server.StopAsync(LongDrain);
        RpcStatus[] statuses = await Task.WhenAll(callers);
        Assert.That(
            statuses, Has.All.Property(nameof(RpcStatus.Code)).EqualTo(StatusCode.Unavailable));
    }
}
