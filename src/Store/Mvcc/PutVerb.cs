using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>Put: one new version of one key.</summary>
internal sealed class PutVerb(WorkingState state, LeaseBook leases)
{
    private const int PreviousField = 2;

    /// <summary>What can only be known when the request's turn has come (etcd 3.5, apply: checkRequestPut).</summary>
    public StoreError Check(scoped in PutRequest request)
    {
        if (request.Lease != 0 && !leases.Exists(new LeaseId(request.Lease)))
        {
            return StoreError.LeaseNotFound;
        }

        bool needsKey = request.IgnoreValue || request.IgnoreLease;
        bool found = !needsKey || state.Versions.TryGetNewest(state.Keys.Root, request.Key, out _);
        return found ? StoreError.None : StoreError.KeyNotFound;
    }

    /// <summary>Applies a checked request; writes prev_kv (2) of PutResponse when asked for.</summary>
    public void Apply(scoped in PutRequest request, ProtoBuffer? response)
    {
        bool exists = state.TryFindNewest(request.Key, records: true, out VersionEntry previous);
        if (request.IgnoreValue || request.IgnoreLease || request.PreviousKeyValue)
        {
            state.Operations.Range();
        }

        if (exists && request.PreviousKeyValue)
        {
            response?.Message(PreviousField, state.History.Read(previous.Modified));
        }

        ReadOnlySpan<byte> value = request.Value;
        if (request.IgnoreValue && exists)
        {
            value = state.History.ReadValue(previous.Modified);
        }

        state.Operations.Put(request.Key.Length + value.Length);
        var lease = request.IgnoreLease ? previous.Lease : new LeaseId(request.Lease);
        ChangeRevision change = state.NextChange();
        long created = exists ? previous.CreateRevision : change.Main;
        long version = exists ? previous.Version + 1 : 1;
        state.RecordFound(
            request.Key, new VersionEntry(change, created, version, lease, value.Length, Tombstone: false), value);
        leases.Move(request.Key, previous.Lease, lease);
    }
}
