namespace Keelson.Store.Backup;

/// <summary>The entries of a bucket that fits in memory.</summary>
internal sealed class BoltListCursor(IReadOnlyList<(byte[] Key, byte[] Value)> entries) : IBoltCursor
{
    private int _index = -1;

    public ReadOnlySpan<byte> Key => entries[_index].Key;

    public int ValueLength => entries[_index].Value.Length;

    public bool Next() => ++_index < entries.Count;

    public void CopyValue(Span<byte> destination) => entries[_index].Value.CopyTo(destination);
}
