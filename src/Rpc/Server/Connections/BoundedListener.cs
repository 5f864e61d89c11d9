using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Keelson.Rpc.Server.Connections;

/// <summary>
/// Accepts connections as long as there are places. Kestrel's own listener (10.0, SocketConnectionListener) tries again
/// at once whatever accept said: without a free file descriptor it would do nothing else.
/// </summary>
internal sealed class BoundedListener : IConnectionListener
{
    /// <summary>Go's net/http waits as long after a failed accept, doubling (Go 1.22, Server.Serve).</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _unbound = new();
    private readonly Func<CancellationToken, ValueTask<ConnectionContext>> _accept;
    private readonly ConnectionGate _gate;
    private readonly Action<SocketException>? _failed;
    private readonly Action _close;
    private readonly TimeProvider _time;

    /// <param name="accept">Takes one connection.</param>
    /// <param name="close">Stops listening; called once.</param>
    /// <param name="gate">Shared by the listeners of a server.</param>
    /// <param name="failed">Told about the first of failures without a connection in between.</param>
    /// <param name="time">For the pauses.</param>
    public BoundedListener(
        Func<CancellationToken, ValueTask<ConnectionContext>> accept,
        Action close,
        ConnectionGate gate,
        Action<SocketException>? failed,
        TimeProvider time)
    {
        _accept = accept;
        _close = close;
        _gate = gate;
        _failed = failed;
        _time = time;
    }

    public required EndPoint EndPoint { get; init; }

    /// <summary>Null once nothing is listened on.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        bool isEntered = false;
        try
        {
            await _gate.EnterAsync(_unbound.Token);
            isEntered = true;
            var connection = new CountedConnection(await AcceptPatientlyAsync(), _gate);
            isEntered = false;
            return connection;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (isEntered)
            {
                _gate.Leave();
            }
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (!_unbound.IsCancellationRequested)
        {
            await _unbound.CancelAsync();
            _close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _unbound.Dispose();
    }

    private async ValueTask<ConnectionContext> AcceptPatientlyAsync()
    {
        TimeSpan pause = TimeSpan.Zero;
        while (true)
        {
            try
            {
                return await _accept(_unbound.Token);
            }
            catch (SocketException exception) when (!_unbound.IsCancellationRequested)
            {
                bool isFirst = pause == TimeSpan.Zero;
                pause = isFirst ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
                // A connection that was reset while it waited concerns nobody (accept(2), ECONNABORTED).
                if (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
                {
                    continue;
                }

                if (isFirst)
                {
                    _failed?.Invoke(exception);
                }

                await Task.Delay(pause, _time, _unbound.Token);
            }
            catch (SocketException)
            {
                throw new OperationCanceledException();
            }
        }
    }
}
