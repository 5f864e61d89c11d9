namespace Keelson.StoreServer.Peers;

/// <summary>The two directions of one connection, which end together.</summary>
internal static class StreamDirections
{
    /// <summary>Runs both until one ends, and ends as that one did.</summary>
    public static async Task RunAsync(
        Stream stream,
        Func<CancellationToken, Task> read,
        Func<CancellationToken, Task> write,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = read(ending.Token);
        Task writing = write(ending.Token);
        Task first = await Task.WhenAny(reading, writing);
        await ending.CancelAsync();
        await stream.DisposeAsync();
        // The other one ends because of that, with an exception that says nothing new.
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
