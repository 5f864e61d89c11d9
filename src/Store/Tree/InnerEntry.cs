using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>
/// A child of an inner page: the separator at or before all its entries, its frame, and what it holds. A separator
/// without revision stands before every version of its key; the first child of a page has none.
/// </summary>
internal readonly ref struct InnerEntry
{
    public InnerEntry(KeyView key, ChangeRevision? revision, InnerChild child)
    {
        Key = key;
        Revision = revision;
        Child = child;
    }

    public KeyView Key { get; }

    public ChangeRevision? Revision { get; }

    public InnerChild Child { get; }
}
