using System.Diagnostics.CodeAnalysis;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Replication;

/// <summary>
/// The batches that were gathered here and have not come back committed: those that wait for a leader, and those that
/// were given to one. Each time that one is given it gets a new number, so that what became of an earlier attempt is
/// never mixed up with this one.
/// </summary>
/// <remarks>
/// A batch that was given to the leader of a term becomes an entry of that term or none. So when an entry of a later
/// term is committed, what has not come before it never will, and may be given to the next leader: nothing is lost, and
/// nothing happens twice, though the leader changed (Raft, section 8, leaves that to clients).
/// </remarks>
internal sealed class OwnBatches(ulong incarnation)
{
    private readonly SortedDictionary<long, Batch> _waiting = [];
    private readonly SortedDictionary<long, OwnBatch> _given = [];
    private long _arrivals;
    private long _numbers;

    public ulong Incarnation => incarnation;

    /// <summary>How many wait to be given to a leader.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>How many were given to one.</summary>
    public int Given => _given.Count;

    /// <summary>The one that has waited longest.</summary>
    public Batch First => _waiting.First().Value;

    /// <summary>What it is called when it is given.</summary>
    public BatchOrigin NextOrigin => new(incarnation, _numbers + 1);

    /// <summary>Takes a batch over.</summary>
    public void Add(Batch batch) => _waiting.Add(++_arrivals, batch);

    /// <summary>
    /// The first waiting one, as <see cref="NextOrigin"/>, is the business of that term's leader now.
    /// </summary>
    /// <param name="term">The leader's.</param>
    /// <param name="now">This member's time.</param>
    public void GiveFirst(Term term, long now)
    {
        (long arrival, Batch batch) = _waiting.First();
        _waiting.Remove(arrival);
        _given.Add(++_numbers, new OwnBatch(batch, arrival, term) { SentMilliseconds = now });
    }

    /// <summary>
    /// What was given to that term's leader before <paramref name="before"/> and has not come back: it may be lost.
    /// Counts as given at <paramref name="now"/> again.
    /// </summary>
    public void TakeOverdue(Term term, long before, long now, List<(BatchOrigin Origin, Batch Batch)> overdue)
    {
        foreach ((long number, OwnBatch own) in _given)
        {
            if (own.Term == term && own.SentMilliseconds <= before)
            {
                own.SentMilliseconds = now;
                overdue.Add((new BatchOrigin(incarnation, number), own.Batch));
            }
        }
    }

    /// <summary>It came back: who waits for it waits no longer.</summary>
    public bool TryTake(BatchOrigin origin, [NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        if (origin.Incarnation != incarnation)
        {
            return false;
        }

        // Nothing comes twice, and nothing that was given up as lost comes at all.
        Invariant.Require(_given.Remove(origin.Number, out OwnBatch? own));
        batch = own.Batch;
        return true;
    }

    /// <summary>The leader of that term did not take it and never will.</summary>
    public void Refused(long number, Term term)
    {
        if (_given.TryGetValue(number, out OwnBatch? own) && own.Term == term)
        {
            _given.Remove(number);
            _waiting.Add(own.Arrival, own.Batch);
        }
    }

    /// <summary>An entry of this term is committed: what earlier leaders were given and did not come is lost.</summary>
    public void TermBegan(Term term)
    {
        foreach ((long number, OwnBatch own) in _given.Where(each => each.Value.Term < term).ToList())
        {
            _given.Remove(number);
            _waiting.Add(own.Arrival, own.Batch);
        }
    }

    /// <summary>Gives all of them up.</summary>
    public void Fail(Exception failure)
    {
        foreach (Batch batch in _waiting.Values.Concat(_given.Values.Select(own => own.Batch)))
        {
            batch.Fail(failure);
        }

        _waiting.Clear();
        _given.Clear();
    }

    private sealed record OwnBatch(Batch Batch, long Arrival, Term Term)
    {
        public required long SentMilliseconds { get; set; }
    }
}
