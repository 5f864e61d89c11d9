using System.Runtime.CompilerServices;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;

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

    public ServedStore(StoreEngine engine, StoreServerOptions options, StoreMetrics metrics, QuotaGuard quota)
    {
        Engine = engine;
        Options = options;
        Identity = NodeIdentity.Of(options);
        Metrics = metrics;
        _quota = quota;
    }

    public StoreEngine Engine { get; }

    public StoreServerOptions Options { get; }

    public NodeIdentity Identity { get; }

    public StoreMetrics Metrics { get; }

    /// <summary>Set when the node begins to stop: streams that never end by themselves end then.</summary>
    public required CancellationToken Stopping { get; init; }

    public ResponseBuffers Buffers { get; } = new();

    /// <summary>The header of an answer that was read from the published root.</summary>
    public AnswerHeader Header(Revision revision) => Header(revision, Engine.State.AppliedTerm);

    public AnswerHeader Header(Revision revision, Term term) => new(Identity.Cluster, Identity.Member, revision, term);

    /// <summary>The header of an answer about the node rather than its data.</summary>
    public AnswerHeader HeaderNow()
    {
        StoreState state = Engine.State;
        return Header(state.Revision, state.AppliedTerm);
    }

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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RpcStatus> ProposeAsync(
        RpcCall call, RequestKind kind, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        ProtoBuffer body = Buffers.Rent();
        // A call without a deadline is not asked for its token: that would cost each one. It waits for the timeout.
        CancellationToken gone = call.TimeLeft is null ? CancellationToken.None : call.CancellationToken;
        RequestOutcome outcome = await ProposeAsync(kind, request, body, gone);
        if (outcome.Error == StoreError.None)
        {
            Answer(response, Header(outcome.Revision, outcome.Term), body.Written);
        }

        if (outcome.Error is StoreError.TimedOut or StoreError.Canceled)
        {
            // The request may still happen, and write into the buffer.
            return Explain(outcome.Error, call);
        }

        Buffers.Return(body);
        return ErrorStatus.Of(outcome.Error);
    }

    /// <summary>The same for callers that look at the answer themselves.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RequestOutcome> ProposeAsync(
        RequestKind kind, ReadOnlyMemory<byte> request, ProtoBuffer? body, CancellationToken gone = default)
    {
        if (request.Length + EnvelopeBytes > Options.RequestBytesMax)
        {
            return new RequestOutcome(StoreError.RequestTooLarge, default, default);
        }

        if (!await _quota.AdmitAsync(Engine, kind, request))
        {
            return new RequestOutcome(StoreError.NoSpace, default, default);
        }

        Metrics.ProposalStarted();
        RequestOutcome outcome = default;
        try
        {
            var patience = new CallerPatience(Options.RequestTimeoutMilliseconds, gone);
            outcome = await Engine.ProposeAsync(kind, request, body, continuesQuickly: true, patience);
        }
        catch (StoreException exception)
        {
            outcome = new RequestOutcome(exception.Error, default, default);
        }
        finally
        {
            Metrics.ProposalEnded(kind, outcome.Error);
        }

        return outcome;
    }

    /// <summary>A deadline that passes is a timeout to etcd (etcd 3.5, v3_server.go: parseProposeCtxErr).</summary>
    private static RpcStatus Explain(StoreError error, RpcCall call)
    {
        bool isDeadline = error == StoreError.Canceled && call.CancellationStatus == RpcStatus.DeadlineExceeded;
        return ErrorStatus.Of(isDeadline ? StoreError.TimedOut : error);
    }

    /// <summary>Writes header and body behind each other.</summary>
    public static void Answer(IBufferWriter<byte> response, in AnswerHeader header, ReadOnlySpan<byte> body)
    {
        ResponseWriter.Header(response, header);
        response.Write(body);
    }

    /// <summary>What refuses reads: a store that is known to be damaged (etcd 3.5, apply: applierV3Corrupt).</summary>
    public StoreError CheckReadable() =>
        Engine.State.Alarms.HasFlag(AlarmFlags.Corrupt) ? StoreError.Corrupt : StoreError.None;
}
