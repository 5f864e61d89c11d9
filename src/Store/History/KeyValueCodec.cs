using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// Encodes mvccpb.KeyValue as etcd does: fields in order of their numbers, zero and empty ones left out.
/// </summary>
internal static class KeyValueCodec
{
    public const int KeyField = 1;
    public const int CreateRevisionField = 2;
    public const int ModRevisionField = 3;
    public const int VersionField = 4;
    public const int ValueField = 5;
    public const int LeaseField = 6;

    public static int Size(in KeyValueView keyValue) =>
        ProtoSize.Bytes(KeyField, keyValue.Key.Length)
        + ProtoSize.Int64(CreateRevisionField, keyValue.CreateRevision.Value)
        + ProtoSize.Int64(ModRevisionField, keyValue.ModRevision.Value)
        + ProtoSize.Int64(VersionField, keyValue.Version)
        + ProtoSize.Bytes(ValueField, keyValue.Value.Length)
        + ProtoSize.Int64(LeaseField, keyValue.Lease.Value);

    /// <summary>Writes exactly <see cref="Size"/> bytes.</summary>
    public static void Write(in KeyValueView keyValue, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.Bytes(KeyField, keyValue.Key);
        writer.Int64(CreateRevisionField, keyValue.CreateRevision.Value);
        writer.Int64(ModRevisionField, keyValue.ModRevision.Value);
        writer.Int64(VersionField, keyValue.Version);
        writer.Bytes(ValueField, keyValue.Value);
        writer.Int64(LeaseField, keyValue.Lease.Value);
    }

    /// <summary>The size of a deletion: key and mod_revision only.</summary>
    public static int TombstoneSize(int keyLength, Revision modRevision) =>
        ProtoSize.Bytes(KeyField, keyLength) + ProtoSize.Int64(ModRevisionField, modRevision.Value);
}
