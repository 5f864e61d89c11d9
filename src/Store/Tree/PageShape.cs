namespace Keelson.Store.Tree;

/// <summary>
/// What a page built from some entries will look like; <paramref name="BodyBytes"/> leaves out the prefix.
/// </summary>
internal readonly record struct PageShape(int BodyBytes, int PrefixLength, long BaseRevision)
{
    public int PageBytes => BodyBytes + PrefixLength;
}
