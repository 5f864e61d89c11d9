using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>What to ask and what to expect. Lives on the driver's thread; a slot is one call in flight.</summary>
internal interface IWorkload
{
    string Name { get; }

    /// <summary>False when a server may be used again for another round.</summary>
    bool ChangesData { get; }

    /// <summary>An upper bound of a request, for flow control.</summary>
    int RequestBytesMax { get; }

    int OperationsPerCall => 1;

    /// <summary>Watch streams that stand beside the calls; then their events are the operations.</summary>
    int StandingStreams => 0;

    /// <summary>All standing streams are confirmed.</summary>
    bool IsReady => true;

    /// <summary>False while the standing streams are too far behind.</summary>
    bool MayIssue => true;

    /// <summary>Writes the slot's next request; returns its method.</summary>
    RpcMethod Next(int slot, Span<byte> message, out int length);

    /// <summary>False when the reply is not what a correct server answers.</summary>
    bool Accept(int slot, ReadOnlySpan<byte> reply);

    /// <summary>Writes the request that opens a standing stream; its length.</summary>
    int OpenStanding(int index, Span<byte> message) => 0;

    /// <summary>The events in a message of a standing stream, and when the newest was put (Stopwatch ticks).</summary>
    int AcceptStanding(ReadOnlySpan<byte> message, out long started)
    {
        started = 0;
        return 0;
    }
}
