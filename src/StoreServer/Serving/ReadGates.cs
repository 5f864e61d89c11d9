using Keelson.Store.Requests;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Admits reads that cost much memory or a whole pass over the history: a hundred clients that list everything at once
/// must not take the server down (etcd issues 12342, 18175).
/// </summary>
internal sealed class ReadGates
{
    /// <summary>A read of at most so many keys is small enough to run at once.</summary>
    private const long SmallLimit = 1000;

    /// <summary>The answer, its copy while it grows, and its copy in the connection's buffers.</summary>
    private const int CopiesOfAnswer = 3;

    /// <summary>What wide reads may use of the memory that the process may have (its cgroup's limit, if any).</summary>
    private const int MemoryDivisor = 4;

    private const long MemoryBytesMin = 64 << 20;

    /// <summary>More than these waiting: refused with "too many requests".</summary>
    private const int WaitingMax = 1000;

    /// <summary>Backups and hashes each read the whole history.</summary>
    private const int WholeReadsMax = 4;

    private readonly AdmissionGate _wide;
    private readonly AdmissionGate _whole = new(WholeReadsMax, WaitingMax);

    /// <param name="memoryBytes">What the process may have.</param>
    public ReadGates(long memoryBytes)
    {
        _wide = new AdmissionGate(Math.Max(memoryBytes / MemoryDivisor, MemoryBytesMin), WaitingMax);
    }

    /// <summary>With the memory that the runtime found, a container's limit included.</summary>
    public static ReadGates OfThisProcess() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public static bool IsWide(scoped in RangeRequest request) =>
        !request.RangeEnd.IsEmpty
        && !request.CountOnly
        && (request.Limit is 0 or > SmallLimit || request.NeedsSorting || request.HasRevisionFilter);

    /// <summary>A turn for a read whose answer has so many bytes; null when too many wait already.</summary>
    public ValueTask<IDisposable?> EnterWideAsync(long answerBytes, CancellationToken cancellation) =>
        _wide.EnterAsync(answerBytes * CopiesOfAnswer, cancellation);

    /// <summary>A turn for a read of everything; null when too many wait already.</summary>
    public ValueTask<IDisposable?> EnterWholeAsync(CancellationToken cancellation) =>
        _whole.EnterAsync(1, cancellation);
}
