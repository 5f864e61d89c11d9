namespace Keelson.Base.Seams;

/// <summary>An open file. Reads and writes at offsets may run concurrently from any thread.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>
    /// Reads into <paramref name="destination"/> and returns how many bytes were read: fewer than asked for only at
    /// the end of the file.
    /// </summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>; durable only after <see cref="Sync"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>
    /// Writes all of <paramref name="source"/> and returns when these bytes are durable (RWF_DSYNC). Promises nothing
    /// about earlier writes.
    /// </summary>
    void WriteDurable(long offset, ReadOnlySpan<byte> source);

    /// <summary>Makes all writes that returned before it durable (fdatasync).</summary>
    void Sync();

    /// <summary>Cuts the file to <paramref name="length"/> bytes; durable after <see cref="Sync"/>.</summary>
    void Truncate(long length);
}
