using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Replication;

/// <summary>
/// Messages that arrived and were not looked at. Bounded: what does not fit is lost, as on the network, and sent again.
/// </summary>
internal sealed class MessageInbox
{
    private const int CountMax = 4096;
    private const long BytesMax = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Queue<Message> _messages = new();
    private long _bytes;

    /// <summary>False when there is no room for it. Any thread.</summary>
    public bool TryAdd(Message message)
    {
        long bytes = BytesOf(message);
        lock (_lock)
        {
            // An append of the largest size must pass even if it is larger than all the room there is.
            if (_messages.Count >= CountMax || (_messages.Count > 0 && _bytes + bytes > BytesMax))
            {
                return false;
            }

            _messages.Enqueue(message);
            _bytes += bytes;
            return true;
        }
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Message? message)
    {
        lock (_lock)
        {
            if (!_messages.TryDequeue(out message))
            {
                return false;
            }

            _bytes -= BytesOf(message);
            return true;
        }
    }

    private static long BytesOf(Message message)
    {
        long bytes = 0;
        foreach (Entry entry in message.Entries)
        {
            bytes += entry.Bytes;
        }

        return bytes;
    }
}
