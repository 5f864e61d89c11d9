using System.Net;

namespace Keelson.Bench.Load.Driving;

/// <summary>What is driven: where it listens, and the process whose costs are sampled.</summary>
/// <param name="Name">As in reports.</param>
/// <param name="EndPoint">Where it listens.</param>
/// <param name="Process">Its number.</param>
/// <param name="Folder">Where its data is; null when that is not known.</param>
internal sealed record Target(string Name, IPEndPoint EndPoint, int Process, string? Folder = null);
