using System.Buffers.Binary;
using System.Net.Sockets;

namespace Keelson.Rpc.Tests;

/// <summary>Speaks just enough HTTP/2 to read a request, and then breaks the connection instead of answering.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private const int PrefaceBytes = 24;
    private const int HeaderBytes = 9;
    private const byte DataType = 0;
    private const byte EndStreamFlag = 1;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly bool _readsRequests;
    private readonly bool _waitsForEnd;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="readsRequests">False: closes before it has read anything.</param>
    /// <param name="waitsForEnd">False: breaks at a request's first message, as for one that stays open.</param>
    public FaultyServer(bool readsRequests, bool waitsForEnd = true)
    {
        _readsRequests = readsRequests;
        _waitsForEnd = waitsForEnd;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Requests that were read.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                if (_readsRequests)
                {
                    await ReadRequestAsync(client.GetStream());
                    Interlocked.Increment(ref _requests);
                }
            }
            catch (IOException)
            {
                // The client closed first.
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                // Stopped: an accept under way breaks off, a later one finds nothing listening.
                return;
            }
        }
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        await stream.ReadExactlyAsync(new byte[PrefaceBytes]);
        var header = new byte[HeaderBytes];
        do
        {
            await stream.ReadExactlyAsync(header);
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header) >> 8);
            await stream.ReadExactlyAsync(new byte[length]);
        }
        while (header[3] != DataType || (_waitsForEnd && (header[4] & EndStreamFlag) == 0));
    }
}
