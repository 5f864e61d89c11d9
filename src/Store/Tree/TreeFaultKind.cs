namespace Keelson.Store.Tree;

/// <summary>The rules that <see cref="TreeVerifier"/> checks, by how they are broken.</summary>
internal enum TreeFaultKind
{
    /// <summary>A page is reached twice: two parents name it, or the tree has a cycle.</summary>
    ReachedTwice,

    /// <summary>A child is not one level below its parent.</summary>
    LevelDiffers,

    /// <summary>A page without entries is in the tree.</summary>
    Empty,

    /// <summary>Entries or separators are not in strictly ascending tree order.</summary>
    OutOfOrder,

    /// <summary>An entry or separator lies outside what the parents' separators allow.</summary>
    OutOfRange,

    /// <summary>Versions of one key in one leaf have key cells of their own.</summary>
    KeyStoredTwice,

    /// <summary>The counts above a page are not what it holds.</summary>
    CountsDiffer,

    /// <summary>A page that could be split is larger than the limit.</summary>
    Oversize,

    /// <summary>The header's sizes do not add up.</summary>
    SizesDiffer,
}
