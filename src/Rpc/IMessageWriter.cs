namespace Keelson.Rpc;

/// <summary>Sends the messages of one call. One message at a time, from one task at a time.</summary>
public interface IMessageWriter
{
    /// <summary>Starts a message; its bytes go to the returned buffer until <see cref="SendAsync"/>.</summary>
    IBufferWriter<byte> Begin();

    /// <summary>
    /// Ends the message and waits until the connection took it: a receiver that does not read parks the sender here,
    /// with at most this message in memory. False when the call is over and nothing more can be sent.
    /// </summary>
    ValueTask<bool> SendAsync();
}
