using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>The fields of an encoded mvccpb.KeyValue (etcd v3 api, kv.proto) without a copy.</summary>
internal readonly ref struct KeyValueView
{
    public ReadOnlySpan<byte> Key { get; init; }

    public Revision CreateRevision { get; init; }

    public Revision ModRevision { get; init; }

    /// <summary>1 for a key just created; 0 for a tombstone.</summary>
    public long Version { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public LeaseId Lease { get; init; }

    /// <summary>False when <paramref name="message"/> is not a KeyValue.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out KeyValueView keyValue)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        long create = 0, mod = 0, version = 0, lease = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case KeyValueCodec.KeyField: key = reader.ReadBytes(); break;
                case KeyValueCodec.CreateRevisionField: create = reader.ReadInt64(); break;
                case KeyValueCodec.ModRevisionField: mod = reader.ReadInt64(); break;
                case KeyValueCodec.VersionField: version = reader.ReadInt64(); break;
                case KeyValueCodec.ValueField: value = reader.ReadBytes(); break;
                case KeyValueCodec.LeaseField: lease = reader.ReadInt64(); break;
                default: reader.Skip(); break;
            }
        }

        keyValue = new KeyValueView
        {
            Key = key,
            CreateRevision = new Revision(create),
            ModRevision = new Revision(mod),
            Version = version,
            Value = value,
            Lease = new LeaseId(lease),
        };
        return !reader.Malformed;
    }
}
