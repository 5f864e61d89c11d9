using System.Runtime.InteropServices;
using Keelson.Store.History;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>How large the store is. The log is left out, as etcd leaves out its write-ahead log.</summary>
/// <param name="OnDiskBytes">History and tree, what is dead included.</param>
/// <param name="InUseBytes">What is alive of it: readable versions and the tree that finds them.</param>
/// <param name="RecordedBytes">Outcomes recorded since the start when this was counted: what came later is
/// added.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreSizes(long OnDiskBytes, long InUseBytes, long RecordedBytes)
{
    /// <summary>Walks the tables of segments: for the maintenance thread, not for a request.</summary>
    public static StoreSizes Count(StoreParts parts)
    {
        long recorded = parts.Machine.RecordedBytes;
        long onDisk = 0;
        long dead = 0;
        foreach (HistorySegment segment in parts.History.View.Segments)
        {
            onDisk += segment.End;
            dead += segment.DeadBytes;
        }

        foreach (TreeSegment segment in parts.Pages.Segments)
        {
            onDisk += segment.Bytes;
            dead += segment.Bytes - segment.LiveBytes;
        }

        return new StoreSizes(onDisk, onDisk - dead, recorded);
    }
}
