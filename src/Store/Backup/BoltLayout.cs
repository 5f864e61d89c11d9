namespace Keelson.Store.Backup;

/// <summary>Where a file's pages lie, known before its first byte: the metas in front name the end.</summary>
internal readonly record struct BoltLayout(long RootPage, long PagesEnd)
{
    public long FileBytes => PagesEnd * BoltFormat.PageBytes;

    /// <summary>Reads the source for the sizes: every entry once, no value.</summary>
    public static BoltLayout Measure(IBoltSource source)
    {
        var assembly = new BoltAssembly(source, new BoltPageStream(measuring: true), default);
        while (assembly.Step())
        {
        }

        return assembly.Layout;
    }
}
