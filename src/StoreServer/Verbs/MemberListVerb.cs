using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>The members. The header has no revision, as all of etcd's cluster answers.</summary>
internal static class MemberListVerb
{
    public static async ValueTask<RpcResult<MemberListResponse>> AnswerAsync(
        ServedStore store, MemberListRequest request)
    {
        StoreError error = request.Linearizable ? await store.ReadAsync() : StoreError.None;
        if (error != StoreError.None)
        {
            return ErrorStatus.Of(error);
        }

        ResponseHeader header = store.MessageHeader();
        header.Revision = 0;
        var response = new MemberListResponse { Header = header };
        response.Members.AddRange(MemberRecord.Read(store.Engine.Readers));
        return response;
    }
}
