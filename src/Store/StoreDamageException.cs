namespace Keelson.Store;

/// <summary>
/// Bytes on disk are not what was written there: rot, a torn, lost or misdirected write. Kills what was being read, and
/// the node when it was needed to start.
/// </summary>
public sealed class StoreDamageException(string file, long offset, string expected, string found)
    : Exception($"{file} is damaged at offset {offset}: expected {expected}, found {found}")
{
    /// <summary>The file's name inside its directory.</summary>
    public string File { get; } = file;

    /// <summary>Where the damaged structure begins, in bytes from the start of the file.</summary>
    public long Offset { get; } = offset;

    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
