using System.Text.Json;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>A member as a backup describes it. etcdutl replaces all of them when it restores.</summary>
internal sealed record BackupMember(
    MemberId Id, string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls)
{
    /// <summary>etcd's JSON of a member (etcd 3.5, membership.Member).</summary>
    public byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("id", Id.Value);
            WriteStrings(json, "peerURLs", PeerUrls);
            json.WriteString("name", Name);
            WriteStrings(json, "clientURLs", ClientUrls);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
