namespace Keelson.StoreServer.Peers;

/// <summary>What a frame between members holds; the values are on the wire (docs/formats/peer.md).</summary>
internal enum PeerFrameKind
{
    /// <summary>No frame.</summary>
    None = 0,

    /// <summary>The first frame of who connected.</summary>
    Hello = 1,

    /// <summary>The answer: messages may follow.</summary>
    Welcome = 2,

    /// <summary>The other answer, and the last frame.</summary>
    Refusal = 3,

    /// <summary>A message of consensus (docs/formats/raft-message.md).</summary>
    Message = 4,

    /// <summary>From who connected: are you there?</summary>
    Ping = 5,

    /// <summary>The answer, with the same stamp; with 0 that bytes are arriving.</summary>
    Pong = 6,
}
