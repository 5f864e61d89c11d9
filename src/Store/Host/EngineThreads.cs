using Keelson.Base.Seams;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>Real threads: one for each loop, a few for log writes, the pool for answers.</summary>
internal sealed class EngineThreads : IEngineThreads
{
    public static EngineThreads Instance { get; } = new();

    public ILoop CreateLoop(string name, Func<TimeSpan> step, Action<Exception> failed) =>
        new LoopThread(name, step, failed);

    public ILogWriters CreateLogWriters(
        IDisk disk, Action<LogWrite, Exception?> completed, IStoreObserver? observer) =>
        new LogWriterPool(disk, completed, observer: observer);

    public void Queue(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    public Task Run(Action work) => Task.Run(work);
}
