namespace Keelson.Raft;

/// <summary>A proposal that another member made and this leader was sent; handed out once.</summary>
/// <param name="From">The member that made it.</param>
/// <param name="Incarnation">The random number of its process.</param>
/// <param name="Number">That process' number for it.</param>
/// <param name="Payload">What is to be proposed, once the host has completed it.</param>
public sealed record ForwardedProposal(MemberId From, ulong Incarnation, long Number, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The only term in which it may be proposed.</summary>
    public required Term MadeIn { get; init; }
}
