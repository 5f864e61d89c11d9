using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store;

/// <summary>
/// A durable, ordered key-value store with revisions, transactions, watches and leases, in a directory of its own:
/// etcd's semantics without a network. Every method may be called from any thread.
/// </summary>
/// <remarks>
/// A write is durable when its task completes. A read sees every write that completed before it began. Refusals are
/// <see cref="StoreException"/>s and harm nothing; a failed disk stops the store (<see cref="StoreOptions.Failed"/>).
/// Beside what a method names, each refuses with Stopped once the store is closed; each write with TooManyRequests when
/// too much waits, and with NoSpace when the disk is full (deletions, revocations and compactions never). A write waits
/// for the disk as long as it takes, or until its token is cancelled: the <see cref="OperationCanceledException"/> says
/// that it may still happen, unless it had not begun. The semantics are those of etcd 3.5.
/// </remarks>
/// <example><code>
/// await using var store = KeyValueStore.Open("./data");
/// await store.PutAsync("greeting", "hello");
/// Console.WriteLine(store.Get("greeting")?.Value);
/// </code></example>
public sealed partial class KeyValueStore : IAsyncDisposable
{
    private readonly StoreEngine _engine;

    private KeyValueStore(StoreEngine engine)
    {
        _engine = engine;
    }

    /// <summary>The newest revision.</summary>
    public Revision Revision => _engine.State.Revision;

    /// <summary>The oldest revision that can be read; -1 when nothing was ever compacted.</summary>
    public Revision CompactRevision => new(_engine.State.CompactRevision);

    /// <summary>Opens the store in <paramref name="directory"/>, creating it when it is not there.</summary>
    /// <exception cref="Base.Seams.DiskException">The directory cannot be read or is in use by another
    /// process.</exception>
    /// <exception cref="StoreDamageException">Data that was durable is damaged; nothing was changed.</exception>
    public static KeyValueStore Open(string directory, StoreOptions? options = null) =>
        new(StoreEngine.Open(directory, options ?? new StoreOptions()));

    /// <summary>The same on a disk of the caller's, which is closed with the store.</summary>
    internal static KeyValueStore Open(Base.Seams.IDisk disk, StoreOptions options) =>
        new(StoreEngine.Open(disk, options, new SystemClock(), new SystemRandom()));

    /// <summary>Sets a key.</summary>
    /// <param name="key">At least one byte.</param>
    /// <param name="value">Any bytes, none included.</param>
    /// <param name="options">Null: no lease, and what was there is not returned.</param>
    /// <param name="cancellationToken">Ends the waiting; the put may still happen.</param>
    /// <exception cref="StoreException">EmptyKey, LeaseNotFound, RequestTooLarge.</exception>
    public async ValueTask<PutResult> PutAsync(
        Bytes key, Bytes value, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Put(request, key, value, options);
        Refuse(RequestValidator.CheckPut(request.Written));
        ProtoBuffer? response = options?.ReturnPrevious == true ? new ProtoBuffer() : null;
        RequestOutcome outcome = await ProposeAsync(RequestKind.Put, request, response, cancellationToken);
        KeyValue? previous = response is null ? null : ResponseDecoder.Previous(response.Written);
        response?.Release();
        return new PutResult(outcome.Revision, previous);
    }

    /// <summary>The key as it is now; null when it does not exist.</summary>
    /// <exception cref="StoreException">EmptyKey.</exception>
    public KeyValue? Get(Bytes key)
    {
        RangeResult result = Range(new RangeQuery { Keys = KeyRange.Single(key) });
        return result.KeyValues.Count == 0 ? null : result.KeyValues[0];
    }

    /// <summary>Reads keys, now or as of an older revision, ascending.</summary>
    /// <exception cref="StoreException">EmptyKey, Compacted, FutureRevision.</exception>
    /// <exception cref="StoreDamageException">What is read from the disk is not what was written.</exception>
    public RangeResult Range(RangeQuery query)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Range(request, query);
        Refuse(RequestValidator.CheckRange(request.Written));
        var response = new ProtoBuffer();
        Refuse(_engine.Range(RangeRequest.Parse(request.Written), response, out Revision current));
        RangeResult result = ResponseDecoder.Range(response.Written, current);
        request.Release();
        response.Release();
        return result;
    }

    /// <summary>Deletes keys, all under one revision; where nothing was, no revision is made.</summary>
    /// <param name="keys">Which keys.</param>
    /// <param name="cancellationToken">Ends the waiting; the deletion may still happen.</param>
    /// <exception cref="StoreException">EmptyKey.</exception>
    public async ValueTask<DeleteResult> DeleteAsync(KeyRange keys, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        RequestEncoder.DeleteRange(request, keys);
        Refuse(RequestValidator.CheckDeleteRange(request.Written));
        var response = new ProtoBuffer();
        RequestOutcome outcome = await ProposeAsync(RequestKind.DeleteRange, request, response, cancellationToken);
        long deleted = ResponseDecoder.Number(response.Written, 2);
        response.Release();
        return new DeleteResult(outcome.Revision, deleted);
    }

    /// <summary>Runs a transaction; that its conditions do not hold is a result, not an error.</summary>
    /// <param name="transaction">What to compare and to do.</param>
    /// <param name="cancellationToken">Ends the waiting; the transaction may still happen, as a whole.</param>
    /// <exception cref="StoreException">
    /// EmptyKey, DuplicateKey, TooManyOperations, LeaseNotFound, Compacted, FutureRevision, RequestTooLarge: nothing
    /// happened. AnswerTooLarge: it happened.
    /// </exception>
    public async ValueTask<TransactionResult> TransactAsync(
        Transaction transaction, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        transaction.Write(request);
        Refuse(RequestValidator.CheckTxn(request.Written, _engine.Limits));
        var response = new ProtoBuffer();
        RequestOutcome outcome = await ProposeAsync(RequestKind.Txn, request, response, cancellationToken);
        TransactionResult result = ResponseDecoder.Txn(response.Written, outcome.Revision);
        response.Release();
        return result;
    }

    /// <summary>
    /// Makes revisions before <paramref name="revision"/> unreadable; their space is reclaimed in background.
    /// </summary>
    /// <param name="revision">The oldest revision that stays readable.</param>
    /// <param name="physical">
    /// Complete only when the compacted versions are gone from the database; backups in progress hold that up.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; the compaction may still happen, or stands already.</param>
    /// <exception cref="StoreException">Compacted: it was already; FutureRevision; Stopped.</exception>
    public async ValueTask CompactAsync(
        Revision revision, bool physical = false, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Compaction(request, revision.Value, physical);
        await ProposeAsync(RequestKind.Compact, request, null, cancellationToken);
        if (physical)
        {
            await _engine.WaitUntilTrimmedAsync(revision, cancellationToken);
        }
    }

    /// <summary>Stops: writes in flight complete, a checkpoint is written, so that the next start is quick.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async ValueTask<RequestOutcome> ProposeAsync(
        RequestKind kind, ProtoBuffer request, ProtoBuffer? response, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("canceled before it began: nothing happened", cancellationToken);
        }

        var patience = new CallerPatience(CallerPatience.Forever, cancellationToken);
        RequestOutcome outcome = await _engine.ProposeAsync(
            kind, request.WrittenMemory, response, continuesQuickly: false, patience);
        request.Release();
        if (outcome.Error == StoreError.Canceled)
        {
            // The response is nobody's now: apply may still write into it.
            var unknown = new StoreException(StoreError.Canceled);
            throw new OperationCanceledException(unknown.Message, unknown, cancellationToken);
        }

        Refuse(outcome.Error);
        return outcome;
    }

    private static void Refuse(StoreError error)
    {
        if (error != StoreError.None)
        {
            throw new StoreException(error);
        }
    }
}
