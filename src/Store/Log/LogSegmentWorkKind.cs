namespace Keelson.Store.Log;

internal enum LogSegmentWorkKind
{
    /// <summary>Write a new file in full and give it its name.</summary>
    Prewrite,

    /// <summary>Rename a segment that nobody needs.</summary>
    Recycle,

    /// <summary>Remove a segment that nobody needs.</summary>
    Delete,
}
