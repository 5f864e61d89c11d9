namespace Keelson.Base.Seams;

/// <summary>The only way in for time.</summary>
public interface IClock
{
    /// <summary>Milliseconds since an arbitrary start; never falls, unaffected by changes of the wall clock.</summary>
    long MonotonicMilliseconds { get; }

    /// <summary>The wall clock: for people and file names, never for decisions.</summary>
    DateTimeOffset Now { get; }
}
