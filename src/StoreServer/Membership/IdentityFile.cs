using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.StoreServer.Membership;

/// <summary>
/// The file "identity": who this member is and with whom its cluster began, for as long as its data lives, whatever the
/// options of a later start say (etcd keeps ids in its log's metadata, and the first members as the log's first
/// entries). Drawn in docs/formats/identity.md.
/// </summary>
internal static class IdentityFile
{
    public const string FileName = "identity";

    internal const uint Magic = 0x44494C4B;
    internal const int Version = 1;
    internal const int MagicOffset = 0;
    internal const int ChecksumOffset = 4;
    internal const int VersionOffset = 8;
    internal const int CountOffset = 12;
    internal const int ClusterOffset = 16;
    internal const int MemberOffset = 24;
    internal const int HeaderBytes = 32;

    private const int MembersMax = 1000;

    /// <summary>Null when the directory has none yet.</summary>
    /// <exception cref="IOException">It is damaged, and the message says what to do.</exception>
    public static MemberOrigin? TryRead(IDisk disk)
    {
        if (!disk.List().Contains(FileName))
        {
            return null;
        }

        using IDiskFile file = disk.Open(FileName, DiskOpenMode.Existing);
        var bytes = new byte[HeaderBytes + (MembersMax * sizeof(ulong))];
        int read = file.Read(0, bytes);
        return Parse(bytes.AsSpan(0, read)) ?? throw new IOException(
            $"the file \"{FileName}\" is damaged: expected a header of {HeaderBytes} bytes with a valid checksum, "
            + $"found {read} bytes. Restore it from a copy of this directory, or replace the member by a new one");
    }

    /// <summary>Durable when this returns; all of it or nothing.</summary>
    public static void Write(IDisk disk, MemberOrigin origin)
    {
        const string Unfinished = FileName + ".new";
        if (disk.List().Contains(Unfinished))
        {
            disk.Delete(Unfinished);
        }

        using (IDiskFile file = disk.Open(Unfinished, DiskOpenMode.New))
        {
            file.Write(0, Encode(origin));
            file.Sync();
        }

        disk.Rename(Unfinished, FileName);
        disk.Sync();
    }

    /// <summary>Null for bytes that are no identity.</summary>
    internal static MemberOrigin? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[MagicOffset..]) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[VersionOffset..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..])
                != Crc32C.Compute(bytes[VersionOffset..]))
        {
            return null;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[CountOffset..]);
        if (count is < 0 or > MembersMax || bytes.Length != HeaderBytes + (count * sizeof(ulong)))
        {
            return null;
        }

        var members = new MemberId[count];
        for (int number = 0; number < count; number++)
        {
            members[number] = ReadMember(bytes, HeaderBytes + (number * sizeof(ulong)));
        }

        var cluster = new ClusterId(BinaryPrimitives.ReadUInt64LittleEndian(bytes[ClusterOffset..]));
        return new MemberOrigin(new NodeIdentity(cluster, ReadMember(bytes, MemberOffset)), members);
    }

    private static byte[] Encode(MemberOrigin origin)
    {
        Invariant.Require(origin.FirstMembers.Count <= MembersMax);
        var bytes = new byte[HeaderBytes + (origin.FirstMembers.Count * sizeof(ulong))];
        Span<byte> span = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(span[MagicOffset..], Magic);
        BinaryPrimitives.WriteInt32LittleEndian(span[VersionOffset..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(span[CountOffset..], origin.FirstMembers.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(span[ClusterOffset..], origin.Identity.Cluster.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(span[MemberOffset..], origin.Identity.Member.Value);
        int offset = HeaderBytes;
        foreach (MemberId member in origin.FirstMembers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(span[offset..], member.Value);
            offset += sizeof(ulong);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span[ChecksumOffset..], Crc32C.Compute(span[VersionOffset..]));
        return bytes;
    }

    private static MemberId ReadMember(ReadOnlySpan<byte> bytes, int offset) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]));
}
