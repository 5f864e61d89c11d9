using System.Diagnostics;
using Keelson.Bench.Load.Transport;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Driving;

/// <summary>
/// Keeps a shape's calls in flight from one thread of its own. Connections, slots and histogram belong to that thread;
/// others read the counters and flip the switches.
/// </summary>
internal sealed class Driver : IStreamHandler, IDisposable
{
    private const int MessageBytesMax = 1 << 20;

    // Tags of a workload's standing streams lie above all slots' tags.
    private const int StandingTag = 1 << 20;

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    private readonly DriverOptions _options;
    private readonly IWorkload _workload;
    private readonly Poller _poller = new();
    private readonly List<GrpcConnection> _connections = [];
    private readonly List<bool> _wantsOutput = [];
    private readonly Slot[] _slots;
    private readonly Queue<int> _idle = new();
    private readonly byte[] _message = new byte[MessageBytesMax];
    private readonly Thread _thread;
    private Pacer? _pacer;
    private int _busy;
    private long _issued;
    private long _completed;
    private volatile bool _recording;
    private volatile bool _stopping;
    private volatile Exception? _failure;

    public Driver(DriverOptions options, IWorkload workload)
    {
        _options = options;
        _workload = workload;
        _slots = new Slot[options.Shape.Slots];
        _thread = new Thread(Run) { IsBackground = true, Name = "driver" };
    }

    /// <summary>Operations done since the start.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Latencies in nanoseconds; read it after <see cref="Stop"/> only.</summary>
    public Histogram Latencies { get; private set; } = new();

    public bool IsRunning => _thread.IsAlive;

    public void Start() => _thread.Start();

    /// <summary>From now on latencies count.</summary>
    public void Record() => _recording = true;

    public void StopRecording() => _recording = false;

    /// <summary>Lets calls in flight end. Throws what ended the run before its time.</summary>
    public void Stop()
    {
        _stopping = true;
        Join();
    }

    /// <summary>Waits for the number of calls that the options name.</summary>
    public void Join()
    {
        _thread.Join();
        ThrowIfFailed();
    }

    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new IOException($"{_workload.Name} on {_options.Server}: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        foreach (GrpcConnection connection in _connections)
        {
            connection.Dispose();
        }

        _poller.Dispose();
    }

    public void OnMessage(GrpcConnection connection, int tag, ReadOnlySpan<byte> message)
    {
        if (tag >= StandingTag)
        {
            OnStanding(message);
            return;
        }

        if (!_workload.Accept(tag, message))
        {
            throw new InvalidDataException($"unexpected reply of {message.Length} bytes");
        }

        _slots[tag].HasReply = true;
        if (_slots[tag].Stream != 0)
        {
            Complete(tag);
        }
    }

    public void OnEnd(GrpcConnection connection, int tag, StreamEnd end)
    {
        if (tag >= StandingTag || _slots[tag].Stream != 0)
        {
            throw new IOException($"the server ended a stream that should stay open: {end.Text}");
        }

        if (!end.IsOK || !_slots[tag].HasReply)
        {
            throw new IOException($"a call failed: {end.Text}{(end.IsOK ? ", but without a reply" : "")}");
        }

        Complete(tag);
    }

    private void OnStanding(ReadOnlySpan<byte> message)
    {
        long now = Stopwatch.GetTimestamp();
        int operations = _workload.AcceptStanding(message, out long started);
        if (_recording && operations > 0)
        {
            Latencies.Record(Nanoseconds(now - started));
        }

        Volatile.Write(ref _completed, _completed + operations);
    }

    private void Complete(int tag)
    {
        Slot slot = _slots[tag];
        if (_workload.StandingStreams == 0)
        {
            if (_recording)
            {
                Latencies.Record(Nanoseconds(Stopwatch.GetTimestamp() - slot.Due));
            }

            Volatile.Write(ref _completed, _completed + _workload.OperationsPerCall);
        }

        slot.IsBusy = false;
        _busy--;
        _idle.Enqueue(tag);
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private void Run()
    {
        try
        {
            Connect();
            OpenStanding();
            if (_options.Rate > 0)
            {
                _pacer = new Pacer(_options.Rate, Stopwatch.GetTimestamp(), Stopwatch.Frequency);
            }

            Loop();
        }
        catch (Exception failure)
        {
            // A thread has no caller: Stop and Join hand it on.
            _failure = failure;
        }
    }

    private void Connect()
    {
        for (int index = 0; index < _options.Shape.Connections; index++)
        {
            GrpcConnection connection = new(_options.Server, this);
            _connections.Add(connection);
            _wantsOutput.Add(false);
            _poller.Watch(connection.Socket, index);
        }

        // Neighbouring slots use different connections, so that a partly used shape spreads too.
        for (int index = 0; index < _slots.Length; index++)
        {
            _slots[index] = new Slot { Connection = index % _connections.Count };
            _idle.Enqueue(index);
        }
    }

    private void OpenStanding()
    {
        for (int index = 0; index < _workload.StandingStreams; index++)
        {
            GrpcConnection connection = _connections[index % _connections.Count];
            int length = _workload.OpenStanding(index, _message);
            connection.Open(RpcMethod.Watch, StandingTag + index, _message.AsSpan(0, length));
        }

        FlushAll();
        long deadline = Stopwatch.GetTimestamp() + (long)(DrainTime.TotalSeconds * Stopwatch.Frequency);
        while (!_workload.IsReady)
        {
            if (Stopwatch.GetTimestamp() > deadline)
            {
                throw new TimeoutException("the server did not confirm all watches");
            }

            Poll(IdleWait);
        }
    }

    private void Loop()
    {
        long drainDeadline = long.MaxValue;
        while (true)
        {
            bool done = _stopping || (_options.Calls > 0 && _issued == _options.Calls);
            if (done && drainDeadline == long.MaxValue)
            {
                drainDeadline = Stopwatch.GetTimestamp() + (long)(DrainTime.TotalSeconds * Stopwatch.Frequency);
            }

            if (done && (_busy == 0 || Stopwatch.GetTimestamp() > drainDeadline))
            {
                return;
            }

            TimeSpan wait = done ? IdleWait : Issue();
            FlushAll();
            Poll(wait);
        }
    }

    /// <summary>Starts what may start; how long to wait at most for the next.</summary>
    private TimeSpan Issue()
    {
        for (int count = _idle.Count; count > 0 && _workload.MayIssue; count--)
        {
            if (_options.Calls > 0 && _issued == _options.Calls)
            {
                break;
            }

            long now = Stopwatch.GetTimestamp();
            long due = now;
            if (_pacer is not null && !_pacer.TryTake(now, out due))
            {
                return Min(Stopwatch.GetElapsedTime(now, _pacer.NextDue), IdleWait);
            }

            int tag = _idle.Dequeue();
            if (!TryStart(tag, due))
            {
                // The peer's window is full: it opens when the peer has read, which wakes us.
                _idle.Enqueue(tag);
                break;
            }
        }

        return IdleWait;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private bool TryStart(int tag, long due)
    {
        Slot slot = _slots[tag];
        GrpcConnection connection = _connections[slot.Connection];
        if (!connection.CanSend(_workload.RequestBytesMax)
            || (slot.Stream != 0 && !connection.CanSend(slot.Stream, _workload.RequestBytesMax)))
        {
            return false;
        }

        RpcMethod method = _workload.Next(tag, _message, out int length);
        slot.Due = due;
        slot.HasReply = false;
        slot.IsBusy = true;
        _busy++;
        _issued++;
        ReadOnlySpan<byte> message = _message.AsSpan(0, length);
        if (slot.Stream != 0)
        {
            connection.Send(slot.Stream, message);
            return true;
        }

        int stream = connection.Open(method, tag, message);
        slot.Stream = method.IsStream ? stream : 0;
        return true;
    }

    private void FlushAll()
    {
        for (int index = 0; index < _connections.Count; index++)
        {
            if (!_connections[index].HasOutput)
            {
                continue;
            }

            bool want = !_connections[index].Flush();
            if (want != _wantsOutput[index])
            {
                _wantsOutput[index] = want;
                _poller.WantOutput(_connections[index].Socket, index, want);
            }
        }
    }

    private void Poll(TimeSpan wait)
    {
        int count = _poller.Wait(wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
        for (int index = 0; index < count; index++)
        {
            _connections[_poller.Tag(index)].Receive();
        }
    }
}
