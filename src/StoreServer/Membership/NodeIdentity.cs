using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Keelson.Base.Identity;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Membership;

/// <summary>
/// The ids of a cluster's first members, which clients see in every header: computed, not drawn, so that a node that is
/// started again with the same options has the same ones (etcd 3.5, api/membership: computeMemberID, genID).
/// </summary>
internal sealed record NodeIdentity(ClusterId Cluster, MemberId Member)
{
    public static NodeIdentity Of(StoreServerOptions options)
    {
        IEnumerable<string> urls = options.InitialAdvertisePeerUrls.Select(url => url.ToString());
        MemberId member = MemberOf(urls, options.InitialClusterToken);
        return new NodeIdentity(ClusterOf([.. InitialMembers.Of(options).Select(each => each.Id)]), member);
    }

    /// <summary>The id of a member with these peer URLs.</summary>
    public static MemberId MemberOf(IEnumerable<string> urls, string token) =>
        new(FirstOfHash(Encoding.UTF8.GetBytes(string.Concat(urls.Order(StringComparer.Ordinal)) + token)));

    private static ClusterId ClusterOf(IReadOnlyCollection<MemberId> members)
    {
        var bytes = new byte[sizeof(ulong) * members.Count];
        int position = 0;
        foreach (MemberId member in members.Order())
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(position), member.Value);
            position += sizeof(ulong);
        }

        return new ClusterId(FirstOfHash(bytes));
    }

    [SuppressMessage("Security", "CA5350", Justification = "etcd's ids are SHA-1; nothing rests on its strength.")]
    private static ulong FirstOfHash(byte[] bytes) => BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(bytes));
}
