using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>A segment file: its length and how many of its bytes the last checkpoint's roots reach.</summary>
internal readonly record struct TreeSegment(int Number, long Bytes, long LiveBytes)
{
    public const int EncodedBytes = 20;

    public string FileName => PageAddress.FileName(Number);

    /// <summary>The table for the caller's root, little-endian, without a length of its own.</summary>
    public static byte[] Encode(IReadOnlyList<TreeSegment> segments)
    {
        var bytes = new byte[segments.Count * EncodedBytes];
        for (int index = 0; index < segments.Count; index++)
        {
            Span<byte> at = bytes.AsSpan(index * EncodedBytes);
            BinaryPrimitives.WriteInt32LittleEndian(at, segments[index].Number);
            BinaryPrimitives.WriteInt64LittleEndian(at[4..], segments[index].Bytes);
            BinaryPrimitives.WriteInt64LittleEndian(at[12..], segments[index].LiveBytes);
        }

        return bytes;
    }

    /// <summary>Reads a table; false if it is none: numbers rise and no more is live than there is.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, out IReadOnlyList<TreeSegment> segments)
    {
        var found = new List<TreeSegment>(source.Length / EncodedBytes);
        segments = found;
        if (source.Length % EncodedBytes != 0)
        {
            return false;
        }

        int last = 0;
        for (; !source.IsEmpty; source = source[EncodedBytes..])
        {
            var segment = new TreeSegment(
                BinaryPrimitives.ReadInt32LittleEndian(source),
                BinaryPrimitives.ReadInt64LittleEndian(source[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[12..]));
            if (segment.Number <= last || segment.LiveBytes < 0 || segment.LiveBytes > segment.Bytes)
            {
                return false;
            }

            last = segment.Number;
            found.Add(segment);
        }

        return true;
    }
}
