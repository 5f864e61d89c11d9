using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Peers;

/// <summary>Who this member is, and limits and times of what it has with the others.</summary>
internal sealed record PeerOptions
{
    public required ClusterId Cluster { get; init; }

    public required MemberId Self { get; init; }

    /// <summary>Draws the pauses between attempts; called under a lock.</summary>
    public required IRandom Random { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Each connection is asked for a sign of life so often.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A connection on which nothing arrives for so many ticks is dead. Counted, not measured: a process that stood
    /// still reads what has arrived meanwhile before it judges.
    /// </summary>
    public int SilentTicksMax { get; init; } = 8;

    /// <summary>Connecting, securing and the handshake together.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The first pause after a connection was lost; it doubles up to <see cref="RetryMax"/>.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for what is queued.</summary>
    public TimeSpan DrainMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages that wait for one lane of one member.</summary>
    public int QueueMessagesMax { get; init; } = 4096;

    public long UrgentBytesMax { get; init; } = 4L << 20;

    /// <summary>More than consensus has under way to one member (RaftOptions.AppendBytesInFlightMax).</summary>
    public long BulkBytesMax { get; init; } = 64L << 20;

    /// <summary>A larger message is neither sent nor taken.</summary>
    public int MessageBytesMax { get; init; } = 256 << 20;

    /// <summary>Connections that others may have here, handshakes included.</summary>
    public int AcceptedMax { get; init; } = 256;

    /// <summary>Where TLS will go: makes the stream to a member's URL a secure one.</summary>
    public Func<Stream, EndpointUrl, CancellationToken, Task<Stream>> SecureOutgoing { get; init; } =
        static (stream, _, _) => Task.FromResult(stream);

    /// <summary>The same for an accepted stream.</summary>
    public Func<Stream, CancellationToken, Task<Stream>> SecureIncoming { get; init; } =
        static (stream, _) => Task.FromResult(stream);

    public long QueueBytesMax(PeerLane lane) => lane == PeerLane.Urgent ? UrgentBytesMax : BulkBytesMax;
}
