namespace Keelson.Rpc;

/// <summary>The messages that the other side sends in one call. One read at a time.</summary>
public interface IMessageReader
{
    /// <summary>
    /// The next message, or null at the end. The bytes are valid until the next read. A damaged, too large or cut off
    /// stream also ends in null: whoever runs the call reports why.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync();
}
