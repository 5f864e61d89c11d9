using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>What everything between members shares.</summary>
internal sealed record PeerContext(PeerOptions Options, PeerMetrics Metrics, ILogger Logger);
