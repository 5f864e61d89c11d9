namespace Keelson.StoreServer.Http;

/// <summary>One thing that must be well.</summary>
/// <param name="Name">etcd's name.</param>
/// <param name="FindFault">What is wrong; null when nothing is.</param>
internal sealed record HealthCheck(string Name, Func<ValueTask<string?>> FindFault);
