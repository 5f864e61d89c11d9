using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Raft.Membership;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.StoreServer.Replication;

/// <summary>Who decides, as a setting of the replicated state: 8 bytes of index, then Raft's configuration.</summary>
/// <param name="Since">The entry that said so; 0 for the cluster's beginning.</param>
/// <param name="Configuration">What it said.</param>
internal readonly record struct ConfigurationSetting(LogIndex Since, Configuration Configuration)
{
    private static ReadOnlySpan<byte> Name => "raft/configuration"u8;

    /// <summary>As of a store's state; <paramref name="bootstrap"/> when that says nothing.</summary>
    public static ConfigurationSetting Read(StoreParts parts, Configuration bootstrap)
    {
        using EpochPin pin = parts.Epochs.Enter();
        var cursor = new TreeCursor(parts.Pages);
        foreach ((byte[] _, byte[] value) in SettingsVerb.Read(cursor, parts.State.Settings, Name))
        {
            bool valid = ConfigurationCodec.TryDecode(
                value.AsSpan(sizeof(long)), out Configuration configuration, out _);
            Invariant.Require(valid);
            return new ConfigurationSetting(
                new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(value)), configuration);
        }

        return new ConfigurationSetting(default, bootstrap);
    }

    /// <summary>Adds it to a Settings request.</summary>
    public void WriteTo(ProtoBuffer request)
    {
        byte[] configuration = ConfigurationCodec.Encode(Configuration, []);
        var value = new byte[sizeof(long) + configuration.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, Since.Value);
        configuration.CopyTo(value, sizeof(long));
        SettingsVerb.Write(request, Name, value);
    }
}
