using Keelson.Base.Seams;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// Where an engine's code runs: the only way in for threads. The engine is the same on threads of its own and in a
/// simulator that has only one.
/// </summary>
internal interface IEngineThreads
{
    /// <summary>A loop that does nothing before it is started.</summary>
    /// <param name="name">Shown by debuggers and dumps.</param>
    /// <param name="step">
    /// Does a piece of work and returns how long to sleep unless woken: zero for more work at once, Timeout.Infinite
    /// for as long as nobody wakes.
    /// </param>
    /// <param name="failed">Called from the loop with what a step threw; the loop has ended then.</param>
    ILoop CreateLoop(string name, Func<TimeSpan> step, Action<Exception> failed);

    /// <param name="disk">Where the segments are.</param>
    /// <param name="completed">Told of each submitted write; quick, and does not throw.</param>
    /// <param name="observer">Told how long writes took; null when nobody asks.</param>
    ILogWriters CreateLogWriters(IDisk disk, Action<LogWrite, Exception?> completed, IStoreObserver? observer);

    /// <summary>Runs a short piece of work soon, beside the loops: answers to callers.</summary>
    void Queue(IThreadPoolWorkItem work);

    /// <summary>Runs work that waits for the loops: a stop.</summary>
    Task Run(Action work);
}
