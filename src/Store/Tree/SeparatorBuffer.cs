using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>A separator on its way to a parent: the pages that its bytes come from may be freed meanwhile.</summary>
internal sealed class SeparatorBuffer
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Key => _bytes.AsSpan(0, _length);

    public ChangeRevision? Revision { get; private set; }

    public void Set(KeyView key, ChangeRevision? revision)
    {
        Copy(key, key.Length);
        Revision = revision;
    }

    public ReadOnlySpan<byte> Set(TreeEntry entry)
    {
        Set(entry.Key, entry.Revision);
        return Key;
    }

    /// <summary>
    /// The shortest separator after <paramref name="left"/> and at or before <paramref name="right"/>: the right key up
    /// to the first byte that differs, or the exact version if both have one key.
    /// </summary>
    public void SetBetween(TreeEntry left, TreeEntry right)
    {
        int common = left.Key.CommonPrefixLength(right.Key);
        bool sameKey = common == right.Key.Length;
        Copy(right.Key, sameKey ? common : common + 1);
        Revision = sameKey ? right.Revision : null;
    }

    private void Copy(KeyView key, int length)
    {
        if (_bytes.Length < length)
        {
            _bytes = new byte[length];
        }

        LeafBuilder.CopyPrefix(key, _bytes.AsSpan(0, length));
        _length = length;
    }
}
