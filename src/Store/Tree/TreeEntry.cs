using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>One version of one key, on its way into a leaf or as a leaf shows it.</summary>
internal readonly ref struct TreeEntry
{
    /// <summary>A longer payload does not belong in a leaf: 16 bits address a leaf's cells.</summary>
    public const int PayloadBytesMax = 32 * 1024;

    /// <summary>Far above any request; keeps the arithmetic of page sizes inside 32 bits.</summary>
    public const int KeyBytesMax = 64 * 1024 * 1024;

    public TreeEntry(KeyView key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        Key = key;
        Revision = revision;
        Payload = payload;
        Live = live;
    }

    public KeyView Key { get; }

    public ChangeRevision Revision { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public bool Live { get; }
}
