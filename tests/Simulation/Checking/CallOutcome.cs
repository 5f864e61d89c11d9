namespace Keelson.Simulation.Checking;

/// <summary>What a client knows of its call.</summary>
internal enum CallOutcome
{
    /// <summary>No answer came: it may have happened, may still happen, or not.</summary>
    Unknown = 0,

    /// <summary>The store decided and said how, an error of etcd's included.</summary>
    Answered,

    /// <summary>Refused before it was proposed: it never happens.</summary>
    Refused,
}
