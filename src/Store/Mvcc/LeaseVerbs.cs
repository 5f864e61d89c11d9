using System.Buffers;
using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>LeaseGrant, LeaseRevoke, LeaseKeepAlive, and the end of leases whose time has come.</summary>
internal sealed class LeaseVerbs(WorkingState state, LeaseBook leases, DeleteRangeVerb deletes)
{
    /// <summary>
    /// A batch ends no further lease once this many keys are gone, so that one batch stays short; the rest follows in
    /// the next one.
    /// </summary>
    public const int ExpiredKeysPerBatchMax = 10_000;

    private const int IdField = 2;
    private const int TtlField = 3;

    private long _expired;

    /// <summary>Leases that ended because their time had come, since the start; any thread.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Writes ID (2) and TTL (3) of LeaseGrantResponse.</summary>
    public StoreError Grant(LeaseRequest request, ProtoBuffer? response)
    {
        var id = new LeaseId(request.Id);
        if (leases.Exists(id))
        {
            return StoreError.LeaseExists;
        }

        leases.Grant(id, request.TtlSeconds);
        response?.Int64(IdField, request.Id);
        response?.Int64(TtlField, request.TtlSeconds);
        return StoreError.None;
    }

    /// <summary>
    /// Writes ID (2) and TTL (3) of LeaseKeepAliveResponse; an unknown lease has TTL 0, which is no error.
    /// </summary>
    public StoreError KeepAlive(LeaseRequest request, ProtoBuffer? response)
    {
        var id = new LeaseId(request.Id);
        response?.Int64(IdField, request.Id);
        if (leases.TryGet(id, out LeaseEntry lease))
        {
            leases.Renew(id, lease);
            response?.Int64(TtlField, lease.TtlSeconds);
        }

        return StoreError.None;
    }

    public StoreError Revoke(LeaseRequest request)
    {
        var id = new LeaseId(request.Id);
        if (!leases.TryGet(id, out LeaseEntry lease))
        {
            return StoreError.LeaseNotFound;
        }

        End(id, lease);
        return StoreError.None;
    }

    /// <summary>Ends the leases that are due, in order of deadline, each under a revision of its own.</summary>
    public void Expire()
    {
        long keysGone = 0;
        while (keysGone < ExpiredKeysPerBatchMax && leases.TryGetDue(out LeaseId id))
        {
            bool found = leases.TryGet(id, out LeaseEntry lease);
            Invariant.Require(found);
            state.BeginRequest();
            keysGone += End(id, lease);
            state.EndRequest();
            Volatile.Write(ref _expired, _expired + 1);
        }
    }

    /// <summary>Deletes the lease's keys in key order, then the lease; how many keys that were.</summary>
    private long End(LeaseId id, LeaseEntry lease)
    {
        long deleted = 0;
        for (int length = leases.SeekFirstKey(id); length >= 0; length = leases.SeekFirstKey(id))
        {
            byte[] attachment = ArrayPool<byte>.Shared.Rent(LeaseEntry.IdBytes + length);
            Span<byte> bytes = attachment.AsSpan(0, LeaseEntry.IdBytes + length);
            state.Cursor.CopyKey(bytes);
            state.Operations.Delete();
            // Deleting the key detaches it, so the next seek finds its neighbour.
            long one = deletes.DeleteOne(bytes[LeaseEntry.IdBytes..], previous: null);
            Invariant.Require(one == 1);
            deleted++;
            ArrayPool<byte>.Shared.Return(attachment);
        }

        leases.Remove(id, lease);
        return deleted;
    }
}
