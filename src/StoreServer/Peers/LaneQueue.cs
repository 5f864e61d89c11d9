using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// What waits to be sent on one lane to one member, bounded in messages and bytes; one message always fits. Any thread
/// adds, one takes.
/// </summary>
internal sealed class LaneQueue(int messagesMax, long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Queue<(Message Message, int Bytes)> _messages = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>False when it is full.</summary>
    public bool TryAdd(Message message, int bytes)
    {
        lock (_lock)
        {
            if (_messages.Count > 0 && (_messages.Count >= messagesMax || _bytes + bytes > bytesMax))
            {
                return false;
            }

            _messages.Enqueue((message, bytes));
            _bytes += bytes;
        }

        Signal();
        return true;
    }

    /// <summary>The next message, when it takes no more than so many bytes.</summary>
    public bool TryTake(int bytesMax, [NotNullWhen(true)] out Message? message, out int bytes)
    {
        lock (_lock)
        {
            (message, bytes) = (null, 0);
            if (!_messages.TryPeek(out (Message Message, int Bytes) next) || next.Bytes > bytesMax)
            {
                return false;
            }

            _messages.Dequeue();
            _bytes -= next.Bytes;
            (message, bytes) = next;
            return true;
        }
    }

    /// <summary>What waits is of no use any more.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _messages.Clear();
            _bytes = 0;
        }
    }

    /// <summary>There is something to do besides messages.</summary>
    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Returns when something was added or signalled since the last time.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) =>
        await _signal.Reader.ReadAsync(cancellationToken);
}
