namespace Keelson.Store.Host;

/// <summary>
/// A dedicated thread that runs a step until it has nothing left to do, then sleeps until it is woken or its patience
/// ends. The step itself knows no thread, so a simulator can run it too.
/// </summary>
/// <remarks>Promise: a <see cref="Wake"/> that returns before or during a step is followed by another step.</remarks>
internal sealed class LoopThread : IDisposable
{
    private readonly Func<TimeSpan> _step;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private bool _sleeping;
    private int _woken;
    private volatile bool _stopping;

    /// <param name="name">Shown by debuggers and dumps.</param>
    /// <param name="step">
    /// Does a piece of work and returns how long to sleep unless woken: zero for more work at once, Timeout.Infinite
    /// for as long as nobody wakes.
    /// </param>
    /// <param name="failed">Called on this thread with what a step threw; the loop has ended then.</param>
    public LoopThread(string name, Func<TimeSpan> step, Action<Exception> failed)
    {
        _step = step;
        _failed = failed;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public void Start() => _thread.Start();

    public void Wake()
    {
        // Only the first wake since the loop looked may have to signal; the others find the mark already set.
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            lock (_gate)
            {
                if (_sleeping)
                {
                    Monitor.Pulse(_gate);
                }
            }
        }
    }

    /// <summary>Ends the loop after the current step and waits for it.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (_thread.IsAlive && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Volatile.Write(ref _woken, 0);
                TimeSpan patience = _step();
                if (patience != TimeSpan.Zero)
                {
                    Sleep(patience);
                }
            }
        }
        catch (Exception exception)
        {
            _failed(exception);
        }
    }

    private void Sleep(TimeSpan patience)
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _woken) == 0 && !_stopping)
            {
                _sleeping = true;
                Monitor.Wait(_gate, patience);
                _sleeping = false;
            }
        }
    }
}
