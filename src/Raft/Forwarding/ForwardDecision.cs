namespace Keelson.Raft.Forwarding;

/// <summary>What a leader has decided about a forwarded proposal.</summary>
internal enum ForwardDecision : byte
{
    /// <summary>It has never seen it.</summary>
    Unseen = 0,

    /// <summary>Its host has it, or had.</summary>
    Taken = 1,

    /// <summary>It said that this will not happen.</summary>
    Refused = 2,

    /// <summary>So long ago that nobody knows.</summary>
    Forgotten = 3,
}
