using System.Buffers;
using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Leases in the working state: three trees that always agree — every lease has exactly one deadline entry, and every
/// key with a lease exactly one attachment.
/// </summary>
internal sealed class LeaseBook(WorkingState state)
{
    public bool Exists(LeaseId id) => TryGet(id, out _);

    public bool TryGet(LeaseId id, out LeaseEntry lease)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        LeaseEntry.WriteId(key, id);
        if (state.Cursor.Seek(state.Leases.Root, key, default) && state.Cursor.CompareKey(key) == 0)
        {
            lease = LeaseEntry.Read(state.Cursor.Payload);
            return true;
        }

        lease = default;
        return false;
    }

    public void Grant(LeaseId id, long ttlSeconds) => Grant(id, ttlSeconds, remainingSeconds: ttlSeconds);

    /// <summary>Grants a lease of which only a part is left: from a backup.</summary>
    public void Grant(LeaseId id, long ttlSeconds, long remainingSeconds)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        Span<byte> payload = stackalloc byte[LeaseEntry.PayloadBytesMax];
        LeaseEntry.WriteId(key, id);
        var lease = new LeaseEntry(ttlSeconds, DeadlineAfter(remainingSeconds));
        state.Leases.Insert(key, default, payload[..lease.WritePayload(payload)], live: true);
        AddDeadline(id, lease.DeadlineMilliseconds);
    }

    /// <summary>Gives the lease its whole TTL again, counted from this batch's cluster time.</summary>
    public void Renew(LeaseId id, LeaseEntry lease)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        Span<byte> payload = stackalloc byte[LeaseEntry.PayloadBytesMax];
        LeaseEntry.WriteId(key, id);
        var renewed = lease with { DeadlineMilliseconds = DeadlineAfter(lease.TtlSeconds) };
        RemoveDeadline(id, lease.DeadlineMilliseconds);
        bool replaced = state.Leases.Replace(
            key, default, payload[..renewed.WritePayload(payload)], live: true);
        Invariant.Require(replaced);
        AddDeadline(id, renewed.DeadlineMilliseconds);
    }

    /// <summary>Removes a lease whose keys are gone.</summary>
    public void Remove(LeaseId id, LeaseEntry lease)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        LeaseEntry.WriteId(key, id);
        RemoveDeadline(id, lease.DeadlineMilliseconds);
        Invariant.Require(state.Leases.Remove(key, default));
    }

    /// <summary>Moves a key from one lease to another; 0 is no lease.</summary>
    public void Move(ReadOnlySpan<byte> key, LeaseId source, LeaseId target)
    {
        if (source == target)
        {
            return;
        }

        byte[] attachment = ArrayPool<byte>.Shared.Rent(LeaseEntry.IdBytes + key.Length);
        Span<byte> bytes = attachment.AsSpan(0, LeaseEntry.IdBytes + key.Length);
        key.CopyTo(bytes[LeaseEntry.IdBytes..]);
        if (source.Value != 0)
        {
            LeaseEntry.WriteId(bytes, source);
            Invariant.Require(state.LeaseKeys.Remove(bytes, default));
        }

        if (target.Value != 0)
        {
            LeaseEntry.WriteId(bytes, target);
            state.LeaseKeys.Insert(bytes, default, default, live: true);
        }

        ArrayPool<byte>.Shared.Return(attachment);
    }

    /// <summary>The length of the lease's first key in bytes, -1 when it has none; the cursor stands on it.</summary>
    public int SeekFirstKey(LeaseId id)
    {
        Span<byte> prefix = stackalloc byte[LeaseEntry.IdBytes];
        LeaseEntry.WriteId(prefix, id);
        TreeCursor cursor = state.Cursor;
        return cursor.Seek(state.LeaseKeys.Root, prefix, default) && cursor.Key.StartsWith(prefix)
            ? cursor.KeyLength - LeaseEntry.IdBytes
            : -1;
    }

    /// <summary>The lease that ends next, when its deadline is not after the batch's cluster time.</summary>
    public bool TryGetDue(out LeaseId id)
    {
        TreeCursor cursor = state.Cursor;
        id = default;
        if (!cursor.SeekFirst(state.LeaseDeadlines.Root))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[LeaseEntry.DeadlineKeyBytes];
        cursor.CopyKey(key);
        id = LeaseEntry.ReadId(key[sizeof(long)..]);
        long deadline = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(key);
        return deadline <= state.ClusterTimeMilliseconds;
    }

    private long DeadlineAfter(long ttlSeconds) => state.ClusterTimeMilliseconds + (ttlSeconds * 1000);

    private void AddDeadline(LeaseId id, long deadlineMilliseconds)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.DeadlineKeyBytes];
        LeaseEntry.WriteDeadlineKey(key, deadlineMilliseconds, id);
        state.LeaseDeadlines.Insert(key, default, default, live: true);
    }

    private void RemoveDeadline(LeaseId id, long deadlineMilliseconds)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.DeadlineKeyBytes];
        LeaseEntry.WriteDeadlineKey(key, deadlineMilliseconds, id);
        Invariant.Require(state.LeaseDeadlines.Remove(key, default));
    }
}
