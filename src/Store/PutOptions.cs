using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>How to put.</summary>
public sealed record PutOptions
{
    /// <summary>The lease that shall end the key; 0 for none, which also takes an earlier one off.</summary>
    public LeaseId Lease { get; init; }

    /// <summary>Return what was overwritten.</summary>
    public bool ReturnPrevious { get; init; }
}
