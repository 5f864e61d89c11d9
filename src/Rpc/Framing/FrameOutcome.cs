namespace Keelson.Rpc.Framing;

/// <summary>What one look at the input of a call brought.</summary>
internal enum FrameOutcome
{
    /// <summary>A whole message is there.</summary>
    Message,

    /// <summary>The other side is done, after a whole message.</summary>
    End,

    /// <summary>The input cannot be used; the reader's failure says why.</summary>
    Broken,

    /// <summary>Not enough bytes yet.</summary>
    Incomplete,
}
