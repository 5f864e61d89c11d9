using Keelson.Base.Identity;

namespace Keelson.StoreServer.Membership;

/// <summary>A member as --initial-cluster names it.</summary>
/// <param name="Id">Computed from its URLs, as etcd does.</param>
/// <param name="Name">Its --name.</param>
/// <param name="PeerUrls">In ordinal order.</param>
internal sealed record InitialMember(MemberId Id, string Name, IReadOnlyList<string> PeerUrls);
