namespace Keelson.Raft.Replication;

/// <summary>Appends that were sent and not answered, bounded in number and bytes.</summary>
internal sealed class InFlight(int messagesMax, long bytesMax)
{
    private readonly Queue<(LogIndex Last, long Bytes)> _messages = new();

    public int Count => _messages.Count;

    public long Bytes { get; private set; }

    /// <summary>One message always fits, however large.</summary>
    public bool IsFull => Count > 0 && (Count >= messagesMax || Bytes >= bytesMax);

    public void Add(LogIndex last, long bytes)
    {
        _messages.Enqueue((last, bytes));
        Bytes += bytes;
    }

    /// <summary>Everything up to <paramref name="index"/> arrived.</summary>
    public void FreeThrough(LogIndex index)
    {
        while (_messages.TryPeek(out (LogIndex Last, long Bytes) message) && message.Last <= index)
        {
            _messages.Dequeue();
            Bytes -= message.Bytes;
        }
    }

    public void Clear()
    {
        _messages.Clear();
        Bytes = 0;
    }
}
