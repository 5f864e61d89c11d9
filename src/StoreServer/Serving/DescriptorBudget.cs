using Keelson.StoreServer.Metrics;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// How the process's file descriptors are shared out, so that connections never take those which the log and the
/// checkpoints need. As etcd: 150 stay for files, the rest are connections (etcd 3.5, embed/etcd.go,
/// reservedInternalFDNum); here also what the runtime has open, and history segments, which etcd does not have.
/// </summary>
/// <param name="Limit">Open files that the process may have; zero when there is no limit.</param>
internal readonly record struct DescriptorBudget(long Limit)
{
    /// <summary>
    /// Log, tree, checkpoints, backups, and what the runtime (.NET 10.0) needs: one for each assembly that it loads
    /// later and two for each thread that it starts, without which it ends the process as out of memory.
    /// </summary>
    public const int ReservedCount = 150;

    /// <summary>Connections to each server of HTTP alone: scrapes and probes get through when clients do not.</summary>
    public const int HttpConnectionsMax = 64;

    private const int ClientConnectionsMin = 32;
    private const int HistoryFilesLimit = 512;
    private const int HistoryFilesMin = 32;
    private const int LimitPerHistoryFile = 8;

    /// <summary>History segments that may be open for reading.</summary>
    public int HistoryFilesMax => Limit == 0
        ? HistoryFilesLimit
        : (int)Math.Clamp(Limit / LimitPerHistoryFile, HistoryFilesMin, HistoryFilesLimit);

    public static DescriptorBudget OfThisProcess() =>
        new(ProcessFiles.AreKnown ? ProcessFiles.ReadLimit() : 0);

    /// <summary>Connections of clients.</summary>
    /// <param name="open">Files that are open before there are any.</param>
    /// <param name="httpServers">Servers of HTTP alone.</param>
    /// <exception cref="IOException">The limit leaves hardly any.</exception>
    public int ClientConnectionsMax(long open, int httpServers)
    {
        if (Limit == 0)
        {
            return int.MaxValue;
        }

        long taken = open + ReservedCount + HistoryFilesMax + ((long)HttpConnectionsMax * httpServers);
        if (Limit - taken < ClientConnectionsMin)
        {
            throw new IOException(
                $"file descriptor limit of the process is too low: {Limit}, of which {taken} are not for clients; "
                + $"set it to {Needed(taken - HistoryFilesMax)} or more (ulimit -n, LimitNOFILE=)");
        }

        return (int)Math.Min(Limit - taken, int.MaxValue);
    }

    /// <summary>The lowest limit that will do: history's share grows with it.</summary>
    private static long Needed(long takenBesidesHistory)
    {
        long shared = takenBesidesHistory + ClientConnectionsMin;
        long needed = shared + HistoryFilesMin;
        while (needed - new DescriptorBudget(needed).HistoryFilesMax < shared)
        {
            needed++;
        }

        return needed;
    }
}
