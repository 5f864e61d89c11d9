using System.Buffers;
using Keelson.Base.Codec;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>DeleteRange: a tombstone for every key of an interval, all under one revision.</summary>
internal sealed class DeleteRangeVerb(WorkingState state, LeaseBook leases)
{
    private const int DeletedField = 2;
    private const int PreviousField = 3;

    /// <summary>Writes deleted (2) and, when asked for, prev_kvs (3) of DeleteRangeResponse.</summary>
    public void Apply(scoped in DeleteRangeRequest request, ProtoBuffer? response)
    {
        state.Operations.Range(request.PreviousKeyValues ? 1 : 0);
        state.Operations.Delete();
        ProtoBuffer? previous = request.PreviousKeyValues ? response : null;
        long deleted = request.RangeEnd.IsEmpty
            ? DeleteOne(request.Key, previous)
            : DeleteInterval(request, previous);
        response?.Int64(DeletedField, deleted);
    }

    /// <summary>Deletes a key that may hang on a lease; 1 when it existed.</summary>
    public long DeleteOne(ReadOnlySpan<byte> key, ProtoBuffer? previous)
    {
        if (!state.TryFindNewest(key, records: false, out VersionEntry entry))
        {
            return 0;
        }

        WritePrevious(entry, previous);
        state.RecordFound(key, VersionEntry.DeletedBy(state.NextChange()), default);
        leases.Move(key, entry.Lease, default);
        return 1;
    }

    private long DeleteInterval(scoped in DeleteRangeRequest request, ProtoBuffer? previous)
    {
        if (request.Interval.IsEmpty)
        {
            return 0;
        }

        long deleted = 0;
        byte[] position = ArrayPool<byte>.Shared.Rent(request.Key.Length);
        request.Key.CopyTo(position);
        int positionLength = request.Key.Length;
        while (TryFindFrom(position.AsSpan(0, positionLength), request.RangeEnd, out VersionEntry entry))
        {
            // The next key cannot be smaller than this one followed by a zero byte.
            positionLength = state.Versions.KeyLength + 1;
            Reserve(ref position, positionLength);
            state.Versions.CopyKey(position.AsSpan(0, positionLength - 1));
            position[positionLength - 1] = 0;
            Delete(position.AsSpan(0, positionLength - 1), entry, previous);
            deleted++;
        }

        ArrayPool<byte>.Shared.Return(position);
        return deleted;
    }

    private bool TryFindFrom(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, out VersionEntry entry)
    {
        var interval = new KeyInterval(start, end);
        state.Versions.Begin(state.Keys.Root, interval, state.CurrentRevision);
        return state.Versions.MoveNext(interval, out entry);
    }

    private void Delete(ReadOnlySpan<byte> key, VersionEntry entry, ProtoBuffer? previous)
    {
        WritePrevious(entry, previous);
        state.Record(key, VersionEntry.DeletedBy(state.NextChange()), default);
        leases.Move(key, entry.Lease, default);
    }

    /// <summary>Values of an answer that was given up are not even read.</summary>
    private void WritePrevious(VersionEntry entry, ProtoBuffer? previous)
    {
        if (previous is { IsOverflown: false })
        {
            previous.Message(PreviousField, state.History.Read(entry.Modified));
        }
    }

    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(length);
        }
    }
}
