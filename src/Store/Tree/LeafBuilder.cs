namespace Keelson.Store.Tree;

/// <summary>Measures and writes leaves from a part of a <see cref="LeafSequence"/>.</summary>
internal static class LeafBuilder
{
    public static PageShape Measure(LeafSequence entries, int from, int to)
    {
        int prefix = entries.Key(from).CommonPrefixLength(entries.Key(to - 1));
        int keys = PageLayout.HeaderBytes + ((to - from) * PageLayout.LeafSlotBytes);
        int keptBytes = 0;
        int middleBytes = 0;

        // Neighbours are often neighbours in time too: from the middle the distances are short. The page's own base is
        // kept if that is shorter, so that a part of a page that fits always fits a page.
        long kept = entries.BaseRevision;
        long middle = entries[from + ((to - from) / 2)].Revision.Main;
        for (int index = from; index < to; index++)
        {
            TreeEntry entry = entries[index];
            keptBytes += LeafCell.Size(entry, kept);
            middleBytes += LeafCell.Size(entry, middle);
            if (index == from || !entries.SameKeyAsBefore(index))
            {
                int suffix = entry.Key.Length - prefix;
                keys += Varint.Size((ulong)suffix) + suffix;
            }
        }

        return keptBytes <= middleBytes
            ? new PageShape(keys + keptBytes, prefix, kept)
            : new PageShape(keys + middleBytes, prefix, middle);
    }

    /// <summary>Writes a page that fills <paramref name="page"/>; returns how many of its entries are live.</summary>
    public static int Build(LeafSequence entries, Range part, PageShape shape, Span<byte> page)
    {
        int from = part.Start.Value;
        PageLayout.Begin(page, 0, shape.PrefixLength, shape.BaseRevision);
        CopyPrefix(entries.Key(from), page.Slice(PageLayout.HeaderBytes, shape.PrefixLength));
        int cells = PageLayout.HeaderBytes + shape.PrefixLength;
        int end = cells;
        int keyOffset = 0;
        int live = 0;
        for (int index = from; index < part.End.Value; index++)
        {
            TreeEntry entry = entries[index];
            if (index == from || !entries.SameKeyAsBefore(index))
            {
                keyOffset = end - cells;
                end += LeafEditor.WriteKeyCell(page[end..], entry.Key, shape.PrefixLength);
            }

            LeafEditor.WriteSlot(page, index - from, keyOffset, end - cells);
            end += LeafCell.Write(page[end..], entry, shape.BaseRevision);
            live += entry.Live ? 1 : 0;
        }

        PageLayout.SetCellsEnd(page, end);
        PageLayout.SetCount(page, part.End.Value - from);
        if (entries.AddedAt >= from && entries.AddedAt < part.End.Value)
        {
            PageLayout.SetLastInsert(page, entries.AddedAt - from, entries.RunLength);
        }

        return live;
    }

    /// <summary>Copies as many bytes of the key as the target has.</summary>
    public static void CopyPrefix(KeyView key, Span<byte> target)
    {
        int first = Math.Min(key.Prefix.Length, target.Length);
        key.Prefix[..first].CopyTo(target);
        key.Suffix[..(target.Length - first)].CopyTo(target[first..]);
    }
}
