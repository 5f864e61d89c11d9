namespace Keelson.Raft.Log;

/// <summary>Who an entry is for; the values are on disk.</summary>
public enum EntryKind
{
    /// <summary>A batch of requests, or nothing: what a new leader begins its term with.</summary>
    Normal = 0,

    /// <summary>A configuration of the cluster (<see cref="Membership.ConfigurationCodec"/>).</summary>
    Configuration = 1,
}
