using System.Collections.Immutable;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// A sparse index as a root carries it: per entry three varints, how far main revision and offset rose and the sub
/// revision. About 5 bytes instead of 16.
/// </summary>
internal static class SparseIndexDelta
{
    private const int EntryBytesMax = 3 * ProtoSize.VarintBytesMax;

    public static byte[] Encode(SparseIndexView index)
    {
        byte[] bytes = new byte[index.Count * EntryBytesMax];
        var writer = new ProtoWriter(bytes);
        long main = 0;
        int offset = 0;
        for (int entry = 0; entry < index.Count; entry++)
        {
            ChangeRevision revision = index.Revision(entry);
            writer.Varint((ulong)(revision.Main - main));
            writer.Varint((ulong)revision.Sub);
            writer.Varint((ulong)(index.Offset(entry) - offset));
            main = revision.Main;
            offset = index.Offset(entry);
        }

        return bytes[..writer.Position];
    }

    /// <summary>False when the bytes are not whole entries, or do not rise.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ImmutableArray<byte> entries)
    {
        // Three bytes at least per entry bound what is allocated.
        byte[] decoded = new byte[bytes.Length / 3 * SparseIndexView.EntryBytes];
        int used = 0;
        long main = 0;
        long offset = 0;
        bool isIntact = true;
        while (isIntact && !bytes.IsEmpty)
        {
            isIntact = TryVarint(ref bytes, out ulong mainStep) & TryVarint(ref bytes, out ulong sub)
                & TryVarint(ref bytes, out ulong offsetStep);
            isIntact &= mainStep <= (ulong)(long.MaxValue - main) && sub <= int.MaxValue
                && offsetStep is > 0 and <= int.MaxValue && offset + (long)offsetStep <= int.MaxValue;
            if (isIntact)
            {
                main += (long)mainStep;
                offset += (long)offsetStep;
                SparseIndexView.WriteEntry(decoded.AsSpan(used), new ChangeRevision(main, (int)sub), (int)offset);
                used += SparseIndexView.EntryBytes;
            }
        }

        entries = [.. decoded.AsSpan(0, used)];
        return isIntact;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int index = 0; index < bytes.Length && index < ProtoSize.VarintBytesMax; index++)
        {
            byte part = bytes[index];
            value |= (ulong)(part & 0x7F) << (index * 7);
            if (part < 0x80)
            {
                bytes = bytes[(index + 1)..];
                return index < ProtoSize.VarintBytesMax - 1 || part <= 1;
            }
        }

        return false;
    }
}
