namespace Keelson.Raft.Log;

/// <summary>One entry of the replicated log. Index and term identify it in the whole cluster, for ever.</summary>
/// <param name="Index">Its position.</param>
/// <param name="Term">The term of the leader that made it.</param>
/// <param name="Kind">Who it is for.</param>
/// <param name="Payload">Opaque here; not to be changed by anyone.</param>
public readonly record struct Entry(LogIndex Index, Term Term, EntryKind Kind, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What it counts for in limits: its payload and what a message says beside it.</summary>
    public int Bytes => Payload.Length + 24;
}
