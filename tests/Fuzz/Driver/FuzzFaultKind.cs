namespace Keelson.Fuzz.Driver;

public enum FuzzFaultKind
{
    /// <summary>An exception that the parser does not document, or a wrong answer.</summary>
    Exception,

    /// <summary>One input took longer than <see cref="FuzzLimits.HangMilliseconds"/>.</summary>
    Hang,

    /// <summary>More was allocated than the input justifies.</summary>
    Allocation,
}
