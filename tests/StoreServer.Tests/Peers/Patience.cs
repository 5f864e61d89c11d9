namespace Keelson.StoreServer.Tests.Peers;

/// <summary>How long a test waits for what happens on other threads: hanging fails it, slowness never.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

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
