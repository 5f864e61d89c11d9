using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Replication;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// What all verbs share: the engine, the node's identity, and the way of a request through the log and of its answer
/// back. Bytes in, bytes out: no message objects.
/// </summary>
internal sealed class ServedStore
{
    /// <summary>The envelope that etcd's limit on a request's size includes: header id and field tags.</summary>
    private const int EnvelopeBytes = 32;

    private readonly QuotaGuard _quota;
    private readonly ProposedCalls _proposed;

    public ServedStore(StoreEngine engine, StoreServerOptions options, StoreMetrics metrics, QuotaGuard quota)
    {
        Engine = engine;
        Options = options;
        Metrics = metrics;
        _quota = quota;
        _proposed = new ProposedCalls(this);
    }

    public StoreEngine Engine { get; }

    public StoreServerOptions Options { get; }

    public required NodeIdentity Identity { get; init; }

    /// <summary>This member's part in its cluster.</summary>
    public required ReplicaOrder Replica { get; init; }

    public StoreMetrics Metrics { get; }

    /// <summary>Set when the node begins to stop: streams that never end by themselves end then.</summary>
    public required CancellationToken Stopping { get; init; }

    public ResponseBuffers Buffers { get; } = new();

    /// <summary>The header of an answer that was read from the published root.</summary>
    public AnswerHeader Header(Revision revision) => Header(revision, Replica.Status.Term);

    public AnswerHeader Header(Revision revision, Term term) => new(Identity.Cluster, Identity.Member, revision, term);

    /// <summary>The header of an answer about the node rather than its data.</summary>
    public AnswerHeader HeaderNow() => Header(Engine.State.Revision);

    /// <summary>
    /// Completes when the published root holds everything that was acknowledged by now, by any member.
    /// </summary>
    public ValueTask<StoreError> ReadAsync() => Replica.ReadAsync();

    /// <summary>True when the published root is so already.</summary>
    public bool IsCurrent => Replica.IsCurrent;

    /// <summary>The same as a message, for the verbs that answer with one.</summary>
    public ResponseHeader MessageHeader()
    {
        AnswerHeader header = HeaderNow();
        return new ResponseHeader
        {
            ClusterId = header.Cluster.Value,
            MemberId = header.Member.Value,
            Revision = header.Revision.Value,
            RaftTerm = (ulong)header.Term.Value,
        };
    }

    public IReadOnlyList<AlarmMember> ReadAlarms()
    {
        if (Engine.State.Alarms == AlarmFlags.None)
        {
            return [];
        }

        var body = new ProtoBuffer();
        Engine.Readers.Alarms(AlarmKind.None, body);
        return AlarmResponse.Parser.ParseFrom(body.Written).Alarms;
    }

    /// <summary>Sends a validated request through the log and writes header and body of its answer.</summary>
    public ValueTask<RpcStatus> ProposeAsync(
        RpcCall call, RequestKind kind, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (IsTooLarge(request))
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.RequestTooLarge));
        }

        return _quota.Admits(Engine, kind, request.Span)
            ? _proposed.Rent().Begin(call, kind, request, response)
            : RefuseAsync(call);
    }

    /// <summary>The same for callers that look at the answer themselves.</summary>
    public async ValueTask<RequestOutcome> ProposeAsync(
        RequestKind kind, ReadOnlyMemory<byte> request, ProtoBuffer? body, CancellationToken gone = default)
    {
        if (IsTooLarge(request))
        {
            return new RequestOutcome(StoreError.RequestTooLarge, default, default);
        }

        var patience = new CallerPatience(Options.RequestTimeoutMilliseconds, gone);
        if (!_quota.Admits(Engine, kind, request.Span))
        {
            return await RefuseAsync(patience);
        }

        Metrics.ProposalStarted();
        Task<RequestOutcome> proposed =
            Engine.ProposeAsync(kind, request, body, continuesQuickly: true, patience).AsTask();
        // Until it ended, however it did.
        await Task.WhenAny(proposed);
        return EndOf(new ValueTask<RequestOutcome>(proposed).GetAwaiter(), kind);
    }

    /// <summary>What became of a proposal that has ended, also by a failure of the store; counts it.</summary>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "The outcome is known: nothing waits.")]
    public RequestOutcome EndOf(ValueTaskAwaiter<RequestOutcome> proposed, RequestKind kind)
    {
        RequestOutcome outcome = default;
        try
        {
            outcome = proposed.GetResult();
        }
        catch (StoreException exception)
        {
            outcome = new RequestOutcome(exception.Error, default, default);
        }
        catch (DiskException)
        {
            outcome = new RequestOutcome(ErrorStatus.OfFailedStore, default, default);
        }
        finally
        {
            Metrics.ProposalEnded(kind, outcome.Error);
        }

        return outcome;
    }

    /// <summary>How long a call waits for its outcome.</summary>
    public CallerPatience PatienceOf(RpcCall call)
    {
        // A call without a deadline is not asked for its token: that would cost each one. It waits for the timeout.
        CancellationToken gone = call.TimeLeft is null ? CancellationToken.None : call.CancellationToken;
        return new CallerPatience(Options.RequestTimeoutMilliseconds, gone);
    }

    /// <summary>Writes header and body behind each other.</summary>
    public static void Answer(IBufferWriter<byte> response, in AnswerHeader header, ReadOnlySpan<byte> body)
    {
        ResponseWriter.Header(response, header);
        response.Write(body);
    }

    private async ValueTask<RpcStatus> RefuseAsync(RpcCall call) =>
        ErrorStatus.Of((await RefuseAsync(PatienceOf(call))).Error);

    private async ValueTask<RequestOutcome> RefuseAsync(CallerPatience patience)
    {
        StoreError error = StoreError.NoSpace;
        try
        {
            await _quota.RaiseAsync(Engine, patience);
        }
        catch (StoreException exception)
        {
            error = exception.Error;
        }
        catch (DiskException)
        {
            error = ErrorStatus.OfFailedStore;
        }

        return new RequestOutcome(error, default, default);
    }

    private bool IsTooLarge(ReadOnlyMemory<byte> request) => request.Length + EnvelopeBytes > Options.RequestBytesMax;
}
