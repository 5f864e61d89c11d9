using Google.Protobuf;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Membership;

/// <summary>
/// A member as the replicated state knows it. Two settings, as in etcd: where its peers find it, which is the cluster's
/// to change, and its name and where clients find it, which it says itself when it starts.
/// </summary>
internal static class MemberRecord
{
    private const string PeerPrefix = "member/";
    private const string ClientPrefix = "attributes/";

    private static ReadOnlySpan<byte> Peers => "member/"u8;

    private static ReadOnlySpan<byte> Clients => "attributes/"u8;

    /// <summary>Adds to a Settings request where the others find a member.</summary>
    public static void WritePeer(ProtoBuffer request, MemberId id, IEnumerable<string> peerUrls, bool isLearner)
    {
        var member = new Member { ID = id.Value, IsLearner = isLearner };
        member.PeerURLs.AddRange(peerUrls);
        SettingsVerb.Write(request, NameOf(PeerPrefix, id), member.ToByteArray());
    }

    /// <summary>Adds to a Settings request what a member says of itself.</summary>
    public static void WriteClient(ProtoBuffer request, MemberId id, string name, IEnumerable<string> clientUrls)
    {
        var member = new Member { ID = id.Value, Name = name };
        member.ClientURLs.AddRange(clientUrls);
        SettingsVerb.Write(request, NameOf(ClientPrefix, id), member.ToByteArray());
    }

    /// <summary>Adds to a Settings request that a member is gone.</summary>
    public static void WriteGone(ProtoBuffer request, MemberId id)
    {
        SettingsVerb.Write(request, NameOf(PeerPrefix, id), null);
        SettingsVerb.Write(request, NameOf(ClientPrefix, id), null);
    }

    /// <summary>The members that these settings describe, in ascending order of their ids.</summary>
    private static List<Member> Join(
        IReadOnlyList<(byte[] Name, byte[] Value)> peers, IReadOnlyList<(byte[] Name, byte[] Value)> clients)
    {
        Dictionary<ulong, Member> attributes = clients
            .Select(setting => Member.Parser.ParseFrom(setting.Value)).ToDictionary(member => member.ID);
        var members = new List<Member>();
        foreach ((byte[] _, byte[] value) in peers)
        {
            var member = Member.Parser.ParseFrom(value);
            if (attributes.TryGetValue(member.ID, out Member? known))
            {
                member.Name = known.Name;
                member.ClientURLs.AddRange(known.ClientURLs);
            }

            members.Add(member);
        }

        return members;
    }

    /// <summary>The members as of the published state.</summary>
    public static IReadOnlyList<Member> Read(StoreReaders readers) =>
        Join(readers.Settings(Peers), readers.Settings(Clients));

    private static byte[] NameOf(string prefix, MemberId id) =>
        System.Text.Encoding.ASCII.GetBytes(prefix + id.Value.ToString("x16", CultureInfo.InvariantCulture));
}
