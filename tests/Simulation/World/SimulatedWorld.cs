using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Simulation.World;

/// <summary>
/// One thread in which everything happens, in an order that a seed decides: events by virtual time, those of one moment
/// in the order in which they were planned.
/// </summary>
/// <remarks>
/// Promises: virtual time never falls; the same seed and the same code give the same events and the same
/// <see cref="Trace"/>. What runs takes no virtual time but what it spends (<see cref="Spend"/>): that moves
/// <see cref="Now"/> for itself and what it plans, while its effects on memory are seen at once by everybody.
/// </remarks>
internal sealed class SimulatedWorld(ulong seed)
{
    private const int JournalEventsMax = 400;

    private readonly PriorityQueue<WorldEvent, (long Time, long Sequence)> _events = new();
    private readonly Queue<(long Time, string What, long? Number)> _journal = new();
    private long _started;
    private long _planned;
    private long _spent;

    public ulong Seed { get; } = seed;

    /// <summary>
    /// Microseconds since the world began, what the running piece of work has spent included: when what it plans comes.
    /// </summary>
    public long Now => _started + _spent;

    /// <summary>
    /// When the running piece of work began: what it does to memory and disks is there from then on, so this is the
    /// time that its clock shows. With <see cref="Now"/> a crash could leave behind what is later than itself.
    /// </summary>
    public long Moment => _started;

    /// <summary>Events that happened; orders what clients see, because no two of them happen at once.</summary>
    public long Count { get; private set; }

    public TraceHash Trace { get; } = new();

    /// <summary>The last things that happened, one a line: for the report of a failed seed.</summary>
    public string Journal =>
        string.Join('\n', _journal.Select(each => $"{each.Time,12} {each.What} {each.Number}"));

    /// <summary>
    /// A generator of its own for each concern, so that one draw more in one does not shift the others.
    /// </summary>
    public SeededRandom RandomOf(string concern) => new(Hash64.Compute(Encoding.UTF8.GetBytes(concern), Seed));

    /// <summary>Plans something for a moment; one that is over counts as now.</summary>
    public WorldEvent At(long time, string what, Action action)
    {
        var planned = new WorldEvent(Math.Max(time, Now), what, action);
        _events.Enqueue(planned, (planned.Time, ++_planned));
        return planned;
    }

    /// <summary>Plans something for later.</summary>
    public WorldEvent After(long microseconds, string what, Action action) => At(Now + microseconds, what, action);

    /// <summary>The running piece of work is busy for so long.</summary>
    public void Spend(long microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(microseconds);
        _spent += microseconds;
    }

    /// <summary>Runs a piece of work and returns how many microseconds it spent.</summary>
    public long Measure(Action work)
    {
        long before = _spent;
        work();
        return _spent - before;
    }

    /// <summary>Writes a fact into the journal and the trace.</summary>
    public void Note(string what)
    {
        Trace.Fold(what);
        Remember(what, null);
    }

    /// <summary>The same with a number that decides something.</summary>
    public void Note(string what, long number)
    {
        Trace.Fold(what);
        Trace.Fold(number);
        Remember(what, number);
    }

    /// <summary>The next event happens; false when nothing is planned up to <paramref name="until"/>.</summary>
    public bool Step(long until = long.MaxValue)
    {
        while (_events.TryPeek(out WorldEvent? next, out (long Time, long Sequence) place) && place.Time <= until)
        {
            _events.Dequeue();
            if (!next.IsCanceled)
            {
                Happen(next);
                return true;
            }
        }

        return false;
    }

    /// <summary>Everything up to a moment happens, and it is that moment then.</summary>
    public void RunUntil(long time)
    {
        while (Step(time))
        {
        }

        _started = Math.Max(_started, time);
    }

    private void Happen(WorldEvent next)
    {
        _started = Math.Max(_started, next.Time);
        Count++;
        Trace.Fold(_started);
        Note(next.What);
        try
        {
            next.Run();
        }
        finally
        {
            // What was spent belongs to who spent it: an actor is busy for so long, the world goes on.
            _spent = 0;
        }
    }

    private void Remember(string what, long? number)
    {
        _journal.Enqueue((Now, what, number));
        if (_journal.Count > JournalEventsMax)
        {
            _journal.Dequeue();
        }
    }
}
