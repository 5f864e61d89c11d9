namespace Keelson.Bench.Load.Transport;

/// <summary>
/// One open stream of a connection: whose it is, its windows, and a message that is not complete yet.
/// </summary>
internal sealed class StreamState
{
    public int Tag { get; set; }

    /// <summary>A unary call that got its message has succeeded: what its trailers say is not looked at.</summary>
    public bool WantsStatus { get; set; }

    /// <summary>One message is all that comes.</summary>
    public bool IsUnary { get; set; }

    public long SendWindow { get; set; }

    public long ReceivedBytes { get; set; }

    public byte[] Partial { get; set; } = [];

    public int PartialLength { get; set; }
}
