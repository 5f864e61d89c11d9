using Keelson.Raft.Messages;

namespace Keelson.Raft.Log;

/// <summary>
/// Writes that the host was given and has not reported, and the messages that may only leave behind them.
/// </summary>
internal sealed class PendingWrites
{
    private readonly Queue<(long Write, Message Message)> _held = new();
    private readonly List<(long Write, LogIndex Last)> _pending = [];

    /// <summary>The number that the next write will get.</summary>
    public long Next => Last + 1;

    /// <summary>The number of the last write that was handed out.</summary>
    public long Last { get; private set; }

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>The oldest write that the disk has not finished, 0 when there is none.</summary>
    public long Oldest => _pending.Count == 0 ? 0 : _pending[0].Write;

    /// <summary>Keeps a message until that write is durable.</summary>
    public void Hold(Message message, long write) => _held.Enqueue((write, message));

    /// <summary>What was promised in a term that is over is of no use to anyone.</summary>
    public void DropHeld() => _held.Clear();

    /// <summary>A write whose last entry is <paramref name="last"/>, 0 when it has none.</summary>
    public long Take(LogIndex last)
    {
        Last++;
        _pending.Add((Last, last));
        return Last;
    }

    /// <summary>
    /// Entries from <paramref name="index"/> on were replaced: a write that is still under way proves nothing about
    /// them, even if an entry with the same index and term comes back later.
    /// </summary>
    public void TruncateFrom(LogIndex index)
    {
        for (int position = 0; position < _pending.Count; position++)
        {
            if (_pending[position].Last >= index)
            {
                _pending[position] = (_pending[position].Write, index.Previous);
            }
        }
    }

    /// <summary>
    /// Gives the messages free and returns the last entry that is durable now, 0 when none became so.
    /// </summary>
    public LogIndex Complete(long write, List<Message> messages)
    {
        Invariant.Require(write <= Last);
        LogIndex durable = default;
        while (_pending.Count > 0 && _pending[0].Write <= write)
        {
            durable = _pending[0].Last > durable ? _pending[0].Last : durable;
            _pending.RemoveAt(0);
        }

        while (_held.TryPeek(out (long Write, Message Message) held) && held.Write <= write)
        {
            messages.Add(_held.Dequeue().Message);
        }

        return durable;
    }
}
