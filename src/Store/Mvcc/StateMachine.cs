using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Applies batches: a pure function of the state and the batch. No clock, no configuration, no member of its own
/// enters, so every member computes the same outcomes and the same history bytes.
/// </summary>
internal sealed class StateMachine
{
    private readonly WorkingState _state;
    private readonly LeaseVerbs _leases;
    private readonly PutVerb _puts;
    private readonly DeleteRangeVerb _deletes;
    private readonly TxnVerb _txns;
    private readonly CompactVerb _compactions;
    private readonly AlarmVerb _alarms;
    private readonly SettingsVerb _settings;
    private long _appliedRequests;

    public StateMachine(PageStore pages, HistoryStore history, StoreState state)
    {
        _state = new WorkingState(pages, history, state);
        var leaseBook = new LeaseBook(_state);
        _puts = new PutVerb(_state, leaseBook);
        _deletes = new DeleteRangeVerb(_state, leaseBook);
        _txns = new TxnVerb(_state, new TxnReader(pages, history), _puts, _deletes);
        _leases = new LeaseVerbs(_state, leaseBook, _deletes);
        _compactions = new CompactVerb(_state);
        _alarms = new AlarmVerb(_state);
        _settings = new SettingsVerb(_state);
        Trimmer = new Trimmer(_state);
    }

    /// <summary>Removes compacted versions between batches.</summary>
    public Trimmer Trimmer { get; }

    /// <summary>An answer above this is given up; what the request does is not.</summary>
    public int AnswerBytesMax { get; init; } = Array.MaxLength;

    /// <summary>Bytes of outcomes since the start; any thread.</summary>
    public long RecordedBytes => _state.RecordedBytes;

    /// <summary>Requests applied since the start, a batch without any counting as one; any thread.</summary>
    public long AppliedRequests => Volatile.Read(ref _appliedRequests);

    /// <summary>What ran since the start.</summary>
    public OperationCounts Operations => _state.Operations;

    /// <summary>Leases that ended because their time had come, since the start; any thread.</summary>
    public long ExpiredLeases => _leases.Expired;

    /// <summary>
    /// Applies one batch and returns the state to publish. No bytes at all are an entry without effect: what a new
    /// leader begins with.
    /// </summary>
    /// <exception cref="InvariantException">
    /// The batch is not one: the log passed its checksums, so this is a bug.
    /// </exception>
    public StoreState Apply(LogIndex index, Term term, ReadOnlySpan<byte> batch, IRequestOutcomes? outcomes)
    {
        if (batch.IsEmpty)
        {
            return _state.Publish(index, term);
        }

        var reader = new BatchReader(batch);
        _state.ClusterTimeMilliseconds = Math.Max(_state.ClusterTimeMilliseconds, reader.ClusterTimeMilliseconds);
        int requests = 0;
        for (; reader.Next(); requests++)
        {
            _state.BeginRequest();
            ProtoBuffer? response = outcomes?.ResponseOf(requests);
            response?.GiveUpAbove(AnswerBytesMax);
            StoreError error = Apply(reader.Kind, reader.Request, response);
            _state.EndRequest();
            // Only this member's answer: the state is what it is on members that nobody asked.
            error = response is { IsOverflown: true } ? StoreError.AnswerTooLarge : error;
            outcomes?.Decided(requests, error, _state.Revision);
        }

        Invariant.Require(!reader.Malformed);
        Volatile.Write(ref _appliedRequests, _appliedRequests + Math.Max(1, requests));
        _leases.Expire();
        return _state.Publish(index, term);
    }

    /// <summary>The state to publish after trimming.</summary>
    public StoreState PublishTrimmed() => _state.PublishTrimmed();

    private StoreError Apply(RequestKind kind, ReadOnlySpan<byte> request, ProtoBuffer? response)
    {
        StoreError refused = AlarmGuard.Check(_state.Alarms, kind, request);
        if (refused != StoreError.None)
        {
            return refused;
        }

        return kind switch
        {
            RequestKind.Put => Put(request, response),
            RequestKind.DeleteRange => DeleteRange(request, response),
            RequestKind.Txn => _txns.Apply(new TxnRequest(request), response),
            RequestKind.Compact => CompactionRequest.TryParse(request, out CompactionRequest compaction)
                ? _compactions.Apply(compaction)
                : StoreError.Malformed,
            RequestKind.LeaseGrant => LeaseRequest.TryParseGrant(request, out LeaseRequest grant)
                ? _leases.Grant(grant, response)
                : StoreError.Malformed,
            RequestKind.LeaseRevoke => LeaseRequest.TryParseId(request, out LeaseRequest revoke)
                ? _leases.Revoke(revoke)
                : StoreError.Malformed,
            RequestKind.LeaseKeepAlive => LeaseRequest.TryParseId(request, out LeaseRequest keepAlive)
                ? _leases.KeepAlive(keepAlive, response)
                : StoreError.Malformed,
            RequestKind.Alarm => AlarmRequest.TryParse(request, out AlarmRequest alarm)
                ? _alarms.Apply(alarm, response)
                : StoreError.Malformed,
            RequestKind.Settings => _settings.Apply(request),
            _ => StoreError.Malformed,
        };
    }

    private StoreError Put(ReadOnlySpan<byte> message, ProtoBuffer? response)
    {
        if (!PutRequest.TryParse(message, out PutRequest request))
        {
            return StoreError.Malformed;
        }

        StoreError error = _puts.Check(request);
        if (error == StoreError.None)
        {
            _puts.Apply(request, response);
        }

        return error;
    }

    private StoreError DeleteRange(ReadOnlySpan<byte> message, ProtoBuffer? response)
    {
        if (!DeleteRangeRequest.TryParse(message, out DeleteRangeRequest request))
        {
            return StoreError.Malformed;
        }

        _deletes.Apply(request, response);
        return StoreError.None;
    }
}
