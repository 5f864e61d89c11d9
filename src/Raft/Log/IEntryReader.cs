namespace Keelson.Raft.Log;

/// <summary>Entries that are durable in this member's log and no longer in the core's memory.</summary>
public interface IEntryReader
{
    /// <summary>
    /// Adds the entries from <paramref name="first"/> to <paramref name="last"/> to <paramref name="entries"/>, in
    /// order
    /// and at least one, but stops before their bytes exceed <paramref name="bytesMax"/>.
    /// </summary>
    void Read(LogIndex first, LogIndex last, int bytesMax, ICollection<Entry> entries);
}
