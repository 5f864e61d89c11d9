using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Mvcc;

/// <summary>
/// What the tree says of one version of a key, without its value: enough for compare, put and delete to never read one.
/// The revision is the entry's place in the tree; the rest is its payload (docs/formats/root.md).
/// </summary>
/// <param name="Modified">The change that made this version: the address of its KeyValue in the history.</param>
/// <param name="CreateRevision">Main revision of the key's creation; 0 for a tombstone.</param>
/// <param name="Version">1 for a new key; 0 for a tombstone.</param>
/// <param name="Lease">The lease it hangs on; 0 for none.</param>
/// <param name="ValueLength">Bytes.</param>
/// <param name="Tombstone">The key was deleted by this change.</param>
internal readonly record struct VersionEntry(
    ChangeRevision Modified, long CreateRevision, long Version, LeaseId Lease, int ValueLength, bool Tombstone)
{
    /// <summary>Flags and value length, create distance, version, lease.</summary>
    public const int PayloadBytesMax = 4 * ProtoSize.VarintBytesMax;

    public static VersionEntry DeletedBy(ChangeRevision change) => new(change, 0, 0, default, 0, Tombstone: true);

    /// <summary>
    /// The KeyValue of this version; of a tombstone only key and mod_revision are set, as in etcd's events.
    /// </summary>
    public KeyValueView ToKeyValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => new()
    {
        Key = key,
        CreateRevision = new Revision(CreateRevision),
        ModRevision = Modified.Revision,
        Version = Version,
        Value = value,
        Lease = Lease,
    };

    /// <summary>Bytes of this version's encoded KeyValue, below a key of so many bytes.</summary>
    public int KeyValueBytes(int keyLength) =>
        KeyValueCodec.Size(ToKeyValue(default, default))
        + ProtoSize.Bytes(KeyValueCodec.KeyField, keyLength)
        + ProtoSize.Bytes(KeyValueCodec.ValueField, ValueLength);

    /// <summary>Writes the payload and returns its length in bytes.</summary>
    public int WritePayload(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.Varint(((ulong)ValueLength << 1) | (Tombstone ? 1UL : 0UL));
        if (!Tombstone)
        {
            // Most keys are young: the distance to the creation is shorter than the revision.
            writer.Varint((ulong)(Modified.Main - CreateRevision));
            writer.Varint((ulong)Version);
            if (Lease.Value != 0)
            {
                writer.Varint(unchecked((ulong)Lease.Value));
            }
        }

        return writer.Position;
    }

    public static VersionEntry Read(ChangeRevision modified, ReadOnlySpan<byte> payload)
    {
        ulong head = ReadVarint(ref payload);
        if ((head & 1) != 0)
        {
            return DeletedBy(modified);
        }

        long create = modified.Main - (long)ReadVarint(ref payload);
        long version = (long)ReadVarint(ref payload);
        long lease = payload.IsEmpty ? 0 : unchecked((long)ReadVarint(ref payload));
        return new VersionEntry(modified, create, version, new LeaseId(lease), (int)(head >> 1), Tombstone: false);
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        int position = 0;
        byte part;
        do
        {
            part = bytes[position];
            value |= (ulong)(part & 0x7F) << (7 * position);
            position++;
        }
        while (part >= 0x80);
        bytes = bytes[position..];
        return value;
    }
}
