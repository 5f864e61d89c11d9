namespace Keelson.Base;

/// <summary>A broken invariant: a bug. It kills the node, never only the request.</summary>
public sealed class InvariantException(string fact) : Exception($"broken invariant: {fact}");
