namespace Keelson.Store.Host;

/// <summary>How long whoever proposed waits for the outcome.</summary>
/// <param name="Milliseconds">At most so long; <see cref="Forever"/> for as long as it takes.</param>
/// <param name="Gone">Set when the caller waits no longer.</param>
internal readonly record struct CallerPatience(long Milliseconds, CancellationToken Gone)
{
    public const long Forever = long.MaxValue;

    public static readonly CallerPatience Unlimited = new(Forever, CancellationToken.None);
}
