using Keelson.Base.Identity;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Membership;

/// <summary>What a member's first start decided for all later ones.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="FirstMembers">Who decided when the cluster began, in ascending order.</param>
internal sealed record MemberOrigin(NodeIdentity Identity, IReadOnlyList<MemberId> FirstMembers)
{
    /// <summary>Of a member that starts for the first time.</summary>
    public static MemberOrigin Of(StoreServerOptions options) =>
        new(NodeIdentity.Of(options), [.. InitialMembers.Of(options).Select(member => member.Id)]);
}
