using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>
/// A key of etcd's bucket <c>key</c>: main revision (big-endian) · '_' · sub revision (big-endian), and 't' after it
/// when the change is a deletion.
/// </summary>
internal static class RevisionKey
{
    public const int Bytes = 17;
    public const int TombstoneBytes = Bytes + 1;

    private const int SubOffset = 9;
    private const byte Separator = (byte)'_';
    private const byte Tombstone = (byte)'t';

    /// <summary>Writes a key and returns its length.</summary>
    public static int Write(ChangeRevision revision, bool isTombstone, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, revision.Main);
        destination[SubOffset - 1] = Separator;
        BinaryPrimitives.WriteInt64BigEndian(destination[SubOffset..], revision.Sub);
        if (!isTombstone)
        {
            return Bytes;
        }

        destination[Bytes] = Tombstone;
        return TombstoneBytes;
    }

    /// <summary>False when <paramref name="key"/> is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, out ChangeRevision revision, out bool isTombstone)
    {
        revision = default;
        isTombstone = key.Length == TombstoneBytes;
        if ((!isTombstone && key.Length != Bytes)
            || key[SubOffset - 1] != Separator
            || (isTombstone && key[Bytes] != Tombstone))
        {
            return false;
        }

        long main = BinaryPrimitives.ReadInt64BigEndian(key);
        long sub = BinaryPrimitives.ReadInt64BigEndian(key[SubOffset..]);
        if (main < 0 || sub is < 0 or >= int.MaxValue)
        {
            return false;
        }

        revision = new ChangeRevision(main, (int)sub);
        return true;
    }
}
