using System.Diagnostics;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;

namespace Keelson.StoreServer.Serving;

/// <summary>The store's refusals as etcd's clients expect them: they match on text and code.</summary>
internal static class ErrorStatus
{
    /// <summary>
    /// What a caller is told whose request was under way when the store failed: it may have happened, and this node
    /// stops. etcd's process ends then (etcd 3.5, raft.go: "failed to save Raft hard state and entries"), which
    /// clients see as Unavailable too.
    /// </summary>
    public const StoreError OfFailedStore = StoreError.Stopped;

    public static RpcStatus Of(StoreError error) => error switch
    {
        StoreError.None => RpcStatus.OK,
        StoreError.Malformed => RpcStatus.MalformedRequest,
        StoreError.EmptyKey => EtcdErrors.KeyIsEmpty,
        StoreError.KeyNotFound => EtcdErrors.KeyNotFound,
        StoreError.ValueProvided => EtcdErrors.ValueProvided,
        StoreError.LeaseProvided => EtcdErrors.LeaseProvided,
        StoreError.TooManyOperations => EtcdErrors.TooManyOperations,
        StoreError.DuplicateKey => EtcdErrors.DuplicateKey,
        StoreError.InvalidSortOption => EtcdErrors.InvalidSortOption,
        StoreError.Compacted => EtcdErrors.Compacted,
        StoreError.FutureRevision => EtcdErrors.FutureRevision,
        StoreError.LeaseNotFound => EtcdErrors.LeaseNotFound,
        StoreError.LeaseExists => EtcdErrors.LeaseExists,
        StoreError.LeaseTtlTooLarge => EtcdErrors.LeaseTtlTooLarge,
        StoreError.NoSpace => EtcdErrors.NoSpace,
        StoreError.Corrupt => EtcdErrors.Corrupt,
        StoreError.RequestTooLarge => EtcdErrors.RequestTooLarge,
        // How much larger is not known: it was given up where it passed the limit.
        StoreError.AnswerTooLarge => RpcStatus.MessageTooLarge(int.MaxValue + 1L),
        StoreError.TooManyRequests => EtcdErrors.TooManyRequests,
        StoreError.Stopped => EtcdErrors.ServerStopped,
        StoreError.TimedOut => EtcdErrors.RequestTimedOut,
        StoreError.Canceled => EtcdErrors.RequestCanceled,
        _ => throw new UnreachableException($"store error {error} has no status"),
    };
}
