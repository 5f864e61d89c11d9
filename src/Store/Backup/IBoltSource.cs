namespace Keelson.Store.Backup;

/// <summary>
/// What goes into a bbolt file. It is read twice, for the sizes and for the bytes, and must give the same both times.
/// </summary>
internal interface IBoltSource
{
    /// <summary>The buckets' names, ascending bytewise.</summary>
    IReadOnlyList<string> Buckets { get; }

    /// <summary>A cursor before the first entry of the bucket with this place in <see cref="Buckets"/>.</summary>
    IBoltCursor Open(int bucket);
}
