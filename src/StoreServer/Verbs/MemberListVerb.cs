using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>The members: this one. The header has no revision, as all of etcd's cluster answers.</summary>
internal static class MemberListVerb
{
    public static RpcResult<MemberListResponse> Answer(ServedStore store)
    {
        ResponseHeader header = store.MessageHeader();
        header.Revision = 0;
        var member = new Member { ID = store.Identity.Member.Value, Name = store.Options.Name };
        member.PeerURLs.AddRange(store.Options.InitialAdvertisePeerUrls.Select(url => url.ToString()));
        member.ClientURLs.AddRange(store.Options.AdvertiseClientUrls.Select(url => url.ToString()));
        return new MemberListResponse { Header = header, Members = { member } };
    }
}
