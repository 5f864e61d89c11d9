namespace Keelson.Raft.Replication;

/// <summary>How a leader sends to one member.</summary>
public enum ProgressState
{
    /// <summary>Where the logs agree is not known: one message at a time.</summary>
    Probe,

    /// <summary>Messages follow each other without waiting, as many as the window takes.</summary>
    Replicate,

    /// <summary>It needs entries that are gone: nothing is sent until a state was installed.</summary>
    Snapshot,
}
