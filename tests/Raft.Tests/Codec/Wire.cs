using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Codec;

/// <summary>A message as it arrives: written, read, and the same.</summary>
internal static class Wire
{
    public static Message Carry(Message message)
    {
        byte[] bytes = Write(message);
        Assert.That(MessageCodec.TryRead(bytes, out Message? read), Is.True, $"{message} is not read");
        Assert.That(AreSame(message, read!), Is.True, $"{message} comes as {read}");
        return read!;
    }

    public static byte[] Write(Message message)
    {
        var bytes = new byte[MessageCodec.Size(message)];
        Assert.That(MessageCodec.Write(message, bytes), Is.EqualTo(bytes.Length));
        return bytes;
    }

    /// <summary>A record compares its list by reference and payloads by place.</summary>
    public static bool AreSame(Message left, Message right) =>
        left with { Entries = [] } == right with { Entries = [] }
        && left.Entries.Count == right.Entries.Count
        && left.Entries.Zip(right.Entries).All(pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(Entry left, Entry right) =>
        left with { Payload = default } == right with { Payload = default }
        && left.Payload.Span.SequenceEqual(right.Payload.Span);
}
