using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>One call of a client: when it began and ended, and what came of it.</summary>
internal sealed record Call(long Number, int Client, Operation Request, long Invoked)
{
    /// <summary>Not yet, or never.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The end of the call on the scale of <see cref="Invoked"/>; ends and begins are never equal.</summary>
    public long Returned { get; set; } = Never;

    /// <summary>Virtual time of the begin and of the end, in microseconds: for leases alone.</summary>
    public long BeganAt { get; init; }

    public long EndedAt { get; set; } = Never;

    public CallOutcome Outcome { get; set; }

    /// <summary>Of an answered call.</summary>
    public OperationResult? Result { get; set; }

    /// <summary>
    /// The revision that a call without an answer made, when the log has it; 0 when it made none, or is not there.
    /// </summary>
    public long PlacedRevision { get; set; }

    /// <summary>Answered, and not with an error.</summary>
    public bool Succeeded => Outcome == CallOutcome.Answered && Result!.Error == EtcdError.None;

    /// <summary>The revision at which the call claims to have happened; 0 when it claims nothing.</summary>
    public long Revision => Succeeded ? Result!.Revision : Outcome == CallOutcome.Unknown ? PlacedRevision : 0;

    public override string ToString()
    {
        string end = Returned == Never ? "…" : $"{Returned}";
        object? result = Outcome == CallOutcome.Answered ? Result : Outcome;
        return $"#{Number} client {Client} [{Invoked}, {end}] {Request} -> {result}"
            + (PlacedRevision == 0 ? "" : $" placed @{PlacedRevision}");
    }
}
