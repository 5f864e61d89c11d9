using Keelson.Base.Identity;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Peers;

/// <summary>Another member and where it listens; the URLs are tried in turn.</summary>
internal sealed record Peer(MemberId Id, IReadOnlyList<EndpointUrl> Urls);
