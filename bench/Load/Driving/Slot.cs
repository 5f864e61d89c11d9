namespace Keelson.Bench.Load.Driving;

/// <summary>One call in flight: when it was due, and the long stream it uses, if any.</summary>
internal sealed class Slot
{
    public int Connection { get; init; }

    public long Due { get; set; }

    /// <summary>0 until a stream method opened its stream.</summary>
    public int Stream { get; set; }

    public bool IsBusy { get; set; }

    public bool HasReply { get; set; }
}
