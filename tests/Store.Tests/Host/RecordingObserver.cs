using Keelson.Store.Mvcc;

namespace Keelson.Store.Tests.Host;

/// <summary>Remembers what the engine told; asked once the engine has stopped, or by whoever waits for it.</summary>
internal sealed class RecordingObserver : IStoreObserver
{
    private int _checkpoints;
    private int _logWrites;
    private long _logBytes;
    private int _trims;
    private int _passes;

    public int Checkpoints => Volatile.Read(ref _checkpoints);

    public int LogWrites => Volatile.Read(ref _logWrites);

    public long LogBytes => Volatile.Read(ref _logBytes);

    public int Passes => Volatile.Read(ref _passes);

    public int Trims => Volatile.Read(ref _trims);

    public List<(RequestKind Kind, StoreError Error)> Requests { get; } = [];

    public List<TimeSpan> Durations { get; } = [];

    public void LogWritten(int bytes, TimeSpan elapsed)
    {
        Interlocked.Increment(ref _logWrites);
        Interlocked.Add(ref _logBytes, bytes);
        Keep(elapsed);
    }

    public void Applied(RequestKind kind, StoreError error, TimeSpan elapsed)
    {
        Requests.Add((kind, error));
        Keep(elapsed);
    }

    public void TrimSliced(TimeSpan elapsed) => Keep(elapsed);

    public void Trimmed(TimeSpan elapsed)
    {
        Interlocked.Increment(ref _trims);
        Keep(elapsed);
    }

    public void Checkpointed(TimeSpan elapsed, TimeSpan commit)
    {
        Interlocked.Increment(ref _checkpoints);
        Keep(elapsed - commit);
        Keep(commit);
    }

    public void Reclaimed(TimeSpan elapsed)
    {
        Interlocked.Increment(ref _passes);
        Keep(elapsed);
    }

    private void Keep(TimeSpan elapsed)
    {
        lock (Durations)
        {
            Durations.Add(elapsed);
        }
    }
}
