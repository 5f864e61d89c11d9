namespace Keelson.Store.Tests;

/// <summary>How long a test waits for what a store does on its own threads: hanging fails it, slowness never.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What is waited for, for the message.</param>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (!condition())
        {
            Assert.That(patience.IsCancellationRequested, Is.False, what);
            await Task.Delay(1);
        }
    }
}
