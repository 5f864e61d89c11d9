namespace Keelson.Store.Tree;

/// <summary>
/// One state of one tree: the frame of its topmost page and what it holds. Published bytes never change, so a root
/// stays readable while newer ones are built, as long as its reader is pinned or it is held.
/// </summary>
internal readonly record struct TreeRoot(int Frame, long LiveCount, long EntryCount)
{
    /// <summary>A tree without entries has no page; it is also the default value.</summary>
    public static TreeRoot Empty => default;

    public bool IsEmpty => Frame == 0;
}
