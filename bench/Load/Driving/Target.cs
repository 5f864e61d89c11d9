using System.Net;

namespace Keelson.Bench.Load.Driving;

/// <summary>What is driven: where it listens, and the process whose costs are sampled.</summary>
internal sealed record Target(string Name, IPEndPoint EndPoint, int Process);
