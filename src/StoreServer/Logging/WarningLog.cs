using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Logging;

/// <summary>What the options' reader had to say, for the log that did not exist yet.</summary>
public static class WarningLog
{
    public static void LogWarnings(this ILogger logger, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            logger.OptionWarning(warning);
        }
    }
}
