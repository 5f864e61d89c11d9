using BenchmarkDotNet.Loggers;

namespace Keelson.Bench.Micro.Reports;

/// <summary>Shows errors only: the table at the end is ours.</summary>
internal sealed class FailureLogger : ILogger
{
    public string Id => nameof(FailureLogger);

    public int Priority => 0;

    public void Write(LogKind logKind, string text)
    {
        if (logKind == LogKind.Error)
        {
            Console.Error.Write(text);
        }
    }

    public void WriteLine() => Write(LogKind.Default, "\n");

    public void WriteLine(LogKind logKind, string text) => Write(logKind, text + "\n");

    public void Flush()
    {
    }
}
