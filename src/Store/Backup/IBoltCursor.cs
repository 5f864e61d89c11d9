namespace Keelson.Store.Backup;

/// <summary>The entries of one bucket in ascending order of their keys.</summary>
internal interface IBoltCursor
{
    /// <summary>The current key, valid until the next <see cref="Next"/>.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The length of the current value; asked for in both readings, so it should not need the value.</summary>
    int ValueLength { get; }

    bool Next();

    /// <summary>Writes the current value into exactly <see cref="ValueLength"/> bytes; not for the sizes.</summary>
    void CopyValue(Span<byte> destination);
}
