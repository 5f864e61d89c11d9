using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Logging;

/// <summary>etcd's (zap's) names of levels.</summary>
internal static class LogLevels
{
    /// <summary>In any case; nothing at all is info (go.uber.org/zap, zapcore: Level.UnmarshalText).</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        (bool isKnown, level) = text.ToLowerInvariant() switch
        {
            "debug" => (true, LogLevel.Debug),
            "info" or "" => (true, LogLevel.Information),
            "warn" => (true, LogLevel.Warning),
            "error" => (true, LogLevel.Error),
            "dpanic" or "panic" or "fatal" => (true, LogLevel.Critical),
            _ => (false, LogLevel.None),
        };
        return isKnown;
    }

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
