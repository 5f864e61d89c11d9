namespace Keelson.Store.Tree;

/// <summary>Measures and writes inner pages from a part of an <see cref="InnerSequence"/>.</summary>
internal static class InnerBuilder
{
    public static PageShape Measure(InnerSequence entries, int from, int to)
    {
        int prefix = to - from > 1 ? entries[from + 1].Key.CommonPrefixLength(entries[to - 1].Key) : 0;
        int body = PageLayout.HeaderBytes + ((to - from) * PageLayout.InnerSlotBytes);
        for (int index = from + 1; index < to; index++)
        {
            InnerEntry entry = entries[index];
            body += InnerPage.CellBytes(entry.Key.Length - prefix, entry.Revision);
        }

        return new PageShape(body, prefix, 0);
    }

    /// <summary>Writes a page that fills <paramref name="page"/>; returns what its children hold together.</summary>
    public static InnerChild Build(InnerSequence entries, Range part, int level, int prefixLength, Span<byte> page)
    {
        int from = part.Start.Value;
        int to = part.End.Value;
        PageLayout.Begin(page, level, prefixLength, 0);
        if (prefixLength > 0)
        {
            LeafBuilder.CopyPrefix(entries[from + 1].Key, page.Slice(PageLayout.HeaderBytes, prefixLength));
        }

        int end = PageLayout.CellsEnd(page);
        long live = 0;
        long all = 0;
        for (int index = from; index < to; index++)
        {
            InnerEntry entry = entries[index];
            InnerEditor.WriteSlot(page, index - from, index == from ? 0 : end, entry.Child);
            end += index == from ? 0 : InnerPage.WriteCell(page[end..], entry.Key, entry.Revision, prefixLength);
            live += entry.Child.LiveCount;
            all += entry.Child.EntryCount;
        }

        PageLayout.SetCellsEnd(page, end);
        PageLayout.SetCount(page, to - from);
        if (entries.AddedAt >= from && entries.AddedAt < to)
        {
            PageLayout.SetLastInsert(page, entries.AddedAt - from, entries.RunLength);
        }

        return new InnerChild(0, live, all);
    }

    /// <summary>Where to cut a page that is too large, by bytes; both sides keep at least two children.</summary>
    public static int Middle(InnerSequence entries)
    {
        const int childrenMin = 2;
        int total = 0;
        for (int index = 1; index < entries.Count; index++)
        {
            total += Weight(entries[index]);
        }

        int sum = 0;
        for (int index = 1; index < entries.Count - childrenMin; index++)
        {
            sum += Weight(entries[index]);
            if (sum >= total / 2 && index >= childrenMin)
            {
                return index;
            }
        }

        return entries.Count - childrenMin;
    }

    private static int Weight(InnerEntry entry) => PageLayout.InnerSlotBytes + entry.Key.Suffix.Length;
}
