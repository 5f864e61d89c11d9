using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store;

/// <summary>Leases: keys that end by themselves unless somebody keeps them.</summary>
public sealed partial class KeyValueStore
{
    private const int TtlField = 3;

    /// <summary>Grants a lease; id 0 has one chosen.</summary>
    /// <param name="timeToLive">Rounded up to seconds and to the store's minimum.</param>
    /// <param name="id">An id of the caller's choice.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting; the lease may still be granted: only who chose the id can find it again.
    /// </param>
    /// <exception cref="StoreException">LeaseExists, LeaseTtlTooLarge.</exception>
    public async ValueTask<LeaseGrant> GrantLeaseAsync(
        TimeSpan timeToLive, LeaseId id = default, CancellationToken cancellationToken = default)
    {
        Refuse(_engine.PrepareGrant((long)Math.Ceiling(timeToLive.TotalSeconds), id, out LeaseRequest grant));
        var request = new ProtoBuffer();
        RequestEncoder.LeaseGrant(request, grant.Id, grant.TtlSeconds);
        await ProposeAsync(RequestKind.LeaseGrant, request, null, cancellationToken);
        return new LeaseGrant(new LeaseId(grant.Id), TimeSpan.FromSeconds(grant.TtlSeconds));
    }

    /// <summary>Ends a lease at once and deletes its keys under one revision.</summary>
    /// <param name="id">Which lease.</param>
    /// <param name="cancellationToken">Ends the waiting; the lease may still be revoked.</param>
    /// <exception cref="StoreException">LeaseNotFound.</exception>
    public async ValueTask RevokeLeaseAsync(LeaseId id, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        RequestEncoder.LeaseId(request, id.Value);
        await ProposeAsync(RequestKind.LeaseRevoke, request, null, cancellationToken);
    }

    /// <summary>
    /// Gives a lease its whole time again; false when it has ended. Durable like a write, so that no restart takes the
    /// time back.
    /// </summary>
    /// <param name="id">Which lease.</param>
    /// <param name="cancellationToken">Ends the waiting; the lease may still be renewed.</param>
    public async ValueTask<bool> KeepLeaseAliveAsync(LeaseId id, CancellationToken cancellationToken = default)
    {
        var request = new ProtoBuffer();
        RequestEncoder.LeaseId(request, id.Value);
        var response = new ProtoBuffer();
        await ProposeAsync(RequestKind.LeaseKeepAlive, request, response, cancellationToken);
        long ttlSeconds = ResponseDecoder.Number(response.Written, TtlField);
        response.Release();
        return ttlSeconds > 0;
    }

    /// <summary>How long a lease has left; null when it has ended.</summary>
    public TimeSpan? GetLeaseTimeToLive(LeaseId id) =>
        _engine.TryGetLease(id, null, out LeaseStatus lease)
            ? TimeSpan.FromMilliseconds(lease.RemainingMilliseconds)
            : null;

    /// <summary>The leases that exist, the one that ends first being first.</summary>
    public IReadOnlyList<LeaseId> ListLeases() => _engine.ListLeases();
}
