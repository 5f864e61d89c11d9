using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Admits answers that cost much memory and whole passes over the history: a hundred clients that list everything at
/// once must not take the server down (etcd issues 12342, 18175).
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

    /// <summary>Whether an answer of so many keys is measured and admitted, or small enough to run at once.</summary>
    public static bool IsWide(long keys) => keys > SmallLimit;

    /// <summary>Requests with wide answers that wait.</summary>
    public int WideWaiting => _wide.Waiting;

    /// <summary>Reads of everything that wait.</summary>
    public int WholeWaiting => _whole.Waiting;

    /// <summary>A turn for a request with such an answer; null when too many wait already.</summary>
    public ValueTask<IDisposable?> EnterWideAsync(AnswerSize size, CancellationToken cancellation) =>
        _wide.EnterAsync(size.Bytes * CopiesOfAnswer, cancellation);

    /// <summary>A turn for a read of everything; null when too many wait already.</summary>
    public ValueTask<IDisposable?> EnterWholeAsync(CancellationToken cancellation) =>
        _whole.EnterAsync(1, cancellation);
}
