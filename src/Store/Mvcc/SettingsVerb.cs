using Keelson.Base.Codec;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Small named facts that belong to the cluster and not to its clients: its members, who decides. Their meaning is the
/// server's; here they are bytes that are replicated and saved with everything else.
/// </summary>
internal sealed class SettingsVerb(WorkingState state)
{
    private const int SettingField = 1;
    private const int NameField = 1;
    private const int ValueField = 2;

    /// <summary>Apart from alarms, which share the tree.</summary>
    private static ReadOnlySpan<byte> Prefix => "setting/"u8;

    public StoreError Apply(ReadOnlySpan<byte> request)
    {
        foreach (ReadOnlySpan<byte> message in new RepeatedMessages(request, SettingField))
        {
            if (!TryParse(message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out bool hasValue)
                || value.Length > TreeEntry.PayloadBytesMax)
            {
                return StoreError.Malformed;
            }

            byte[] key = [.. Prefix, .. name];
            state.Settings.Remove(key, default);
            if (hasValue)
            {
                state.Settings.Insert(key, default, value, live: true);
            }
        }

        return StoreError.None;
    }

    /// <summary>Adds a change to a request; null removes the name.</summary>
    public static void Write(ProtoBuffer request, ReadOnlySpan<byte> name, byte[]? value)
    {
        int mark = request.BeginMessage(SettingField);
        request.Bytes(NameField, name);
        if (value is not null)
        {
            request.Message(ValueField, value);
        }

        request.EndMessage(mark);
    }

    /// <summary>All settings whose names begin with <paramref name="prefix"/>, in order of their names.</summary>
    public static List<(byte[] Name, byte[] Value)> Read(
        TreeCursor cursor, TreeRoot settings, ReadOnlySpan<byte> prefix)
    {
        var found = new List<(byte[] Name, byte[] Value)>();
        byte[] first = [.. Prefix, .. prefix];
        for (bool more = cursor.Seek(settings, first, default);
            more && cursor.Key.StartsWith(first);
            more = cursor.Next())
        {
            var key = new byte[cursor.KeyLength];
            cursor.CopyKey(key);
            found.Add((key[Prefix.Length..], cursor.Payload.ToArray()));
        }

        return found;
    }

    private static bool TryParse(
        ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out bool hasValue)
    {
        name = default;
        value = default;
        hasValue = false;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NameField:
                    name = reader.ReadBytes();
                    break;
                case ValueField:
                    value = reader.ReadBytes();
                    hasValue = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }
}
