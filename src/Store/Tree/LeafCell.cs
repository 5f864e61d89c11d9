using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>
/// The bytes of one version in a leaf: a head (live, has sub revision, payload length up to 62), the rest of a longer
/// length, the main revision as distance to the page's base, the sub revision if not 0, the payload.
/// </summary>
internal static class LeafCell
{
    public const byte LiveFlag = 1;
    public const byte SubFlag = 2;
    public const int LengthShift = 2;
    public const int LongLength = 63;

    public static int Size(TreeEntry entry, long baseRevision) =>
        1
        + (entry.Payload.Length < LongLength ? 0 : Varint.Size((ulong)(entry.Payload.Length - LongLength)))
        + Varint.Size(Distance(entry.Revision, baseRevision))
        + (entry.Revision.Sub == 0 ? 0 : Varint.Size((ulong)entry.Revision.Sub))
        + entry.Payload.Length;

    public static int Write(Span<byte> target, TreeEntry entry, long baseRevision)
    {
        int length = entry.Payload.Length;
        target[0] = (byte)((Math.Min(length, LongLength) << LengthShift)
            | (entry.Live ? LiveFlag : 0)
            | (entry.Revision.Sub == 0 ? 0 : SubFlag));
        int size = 1;
        if (length >= LongLength)
        {
            size += Varint.Write(target[size..], (ulong)(length - LongLength));
        }

        size += Varint.Write(target[size..], Distance(entry.Revision, baseRevision));
        if (entry.Revision.Sub != 0)
        {
            size += Varint.Write(target[size..], (ulong)entry.Revision.Sub);
        }

        entry.Payload.CopyTo(target[size..]);
        return size + length;
    }

    /// <summary>Reads revision and payload of the cell at the start of <paramref name="cell"/>.</summary>
    public static ChangeRevision Read(ReadOnlySpan<byte> cell, long baseRevision, out Range payload)
    {
        byte head = cell[0];
        int at = 1;
        int length = head >> LengthShift;
        int size;
        if (length == LongLength)
        {
            length += (int)Varint.Read(cell[at..], out size);
            at += size;
        }

        long main = unchecked(baseRevision + Varint.UnZigZag(Varint.Read(cell[at..], out size)));
        at += size;
        int sub = 0;
        if ((head & SubFlag) != 0)
        {
            sub = (int)Varint.Read(cell[at..], out size);
            at += size;
        }

        payload = at..(at + length);
        return new ChangeRevision(main, sub);
    }

    /// <summary>Whether a cell read from disk ends within <paramref name="cell"/>.</summary>
    public static bool Fits(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            return false;
        }

        byte head = cell[0];
        ulong length = (ulong)(head >> LengthShift);
        int at = 1;
        int size = 0;
        if (length == LongLength)
        {
            if (!Varint.TryRead(cell[at..], out ulong rest, out size) || rest > (ulong)cell.Length)
            {
                return false;
            }

            length += rest;
            at += size;
        }

        if (!Varint.TryRead(cell[at..], out _, out size))
        {
            return false;
        }

        at += size;
        if ((head & SubFlag) != 0)
        {
            if (!Varint.TryRead(cell[at..], out ulong sub, out size) || sub > int.MaxValue)
            {
                return false;
            }

            at += size;
        }

        return length <= (ulong)(cell.Length - at);
    }

    // Revisions may be anywhere in 64 bits; the distance wraps around and back.
    private static ulong Distance(ChangeRevision revision, long baseRevision) =>
        Varint.ZigZag(unchecked(revision.Main - baseRevision));
}
