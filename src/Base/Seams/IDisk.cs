namespace Keelson.Base.Seams;

/// <summary>
/// One directory of flat files: the only way to durable bytes. Every call may throw <see cref="DiskException"/>; a
/// caller that sees one from a write or a sync must stop, because what the disk holds is then unknown (fsync is never
/// retried: Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
/// </summary>
public interface IDisk
{
    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }

    /// <summary>
    /// What the device writes at least, a power of two from 512 to 4,096: durable writes of whole sectors at sector
    /// boundaries are the cheapest.
    /// </summary>
    int SectorBytes { get; }

    /// <summary>The names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file. A created file's name is durable only after <see cref="Sync"/>.</summary>
    IDiskFile Open(string name, DiskOpenMode mode);

    /// <summary>Renames, replacing the target in one step; durable after <see cref="Sync"/>.</summary>
    void Rename(string source, string target);

    /// <summary>Removes a name; durable after <see cref="Sync"/>. Open files stay readable.</summary>
    void Delete(string name);

    /// <summary>Makes all creations, renames and deletions before it durable (fsync of the directory).</summary>
    void Sync();
}
