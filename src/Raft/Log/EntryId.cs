namespace Keelson.Raft.Log;

/// <summary>Names one entry in the whole cluster; 0 at 0 is the place before the first.</summary>
public readonly record struct EntryId(LogIndex Index, Term Term)
{
    public override string ToString() => $"{Index}@{Term}";
}
