namespace Keelson.Store.Host;

/// <summary>
/// A dedicated thread that runs a step until it has nothing left to do, then sleeps until it is woken or its patience
/// ends. The step itself knows no thread, so a simulator can run it too.
/// </summary>
internal sealed class LoopThread : ILoop
{
    private readonly Func<TimeSpan> _step;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly ThreadSignal _signal = new();
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

    public void Wake() => _signal.Set();

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
                _signal.Clear();
                TimeSpan patience = _stopping ? TimeSpan.Zero : _step();
                if (patience != TimeSpan.Zero)
                {
                    _signal.Wait(patience);
                }
            }
        }
        catch (Exception exception)
        {
            _failed(exception);
        }
    }
}
