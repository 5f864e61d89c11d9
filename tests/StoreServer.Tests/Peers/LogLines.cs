using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>Keeps the texts of what is logged, and of the facts behind them.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> All => _lines;

    public int Count(string text) => _lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits: a connection ends before its end is logged.</summary>
    public Task SaysAsync(string text, int times = 1) => Patience.UntilAsync(() => Count(text) >= times, text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        string facts = state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))
            : "";
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {facts}");
    }
}
