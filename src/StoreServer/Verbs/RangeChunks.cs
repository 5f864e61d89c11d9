using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// The chunks of one range stream. The first question pins the revision and counts; each chunk then seeks anew behind
/// the last key, so that nothing is held between chunks.
/// </summary>
internal sealed class RangeChunks
{
    private const int FirstKeys = 10;
    private const int ResponseField = 1;
    private const int KeyValuesField = 2;
    private const int KeyField = 1;

    private readonly ServedStore _store;
    private readonly byte[] _request;
    private readonly ProtoBuffer _body = new();
    private byte[]? _nextKey;
    private Revision _current;
    private long _revision;
    private long _total;
    private long _left;
    private long _keys = FirstKeys;
    private bool _isStarted;

    /// <param name="store">Where to read.</param>
    /// <param name="request">A checked RangeRequest.</param>
    public RangeChunks(ServedStore store, byte[] request)
    {
        _store = store;
        _request = request;
    }

    /// <summary>True once the last chunk was written.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Writes the next RangeStreamResponse.</summary>
    public StoreError WriteNext(IBufferWriter<byte> response)
    {
        bool isParsed = Store.Requests.RangeRequest.TryParse(_request, out Store.Requests.RangeRequest request);
        Invariant.Require(isParsed);
        StoreError error = _isStarted ? StoreError.None : Start(request);
        if (error != StoreError.None)
        {
            return error;
        }

        if (!request.CountOnly && _left > 0)
        {
            error = ReadChunk(request);
            if (error != StoreError.None)
            {
                return error;
            }
        }

        IsDone = request.CountOnly || _left == 0;
        Write(response, request);
        return StoreError.None;
    }

    /// <summary>Where halving begins; the last value comes on top.</summary>
    private long ChunkBytesMax => 2L * _store.Options.RequestBytesMax;

    private StoreError Start(Store.Requests.RangeRequest request)
    {
        request.CountOnly = true;
        _body.Clear();
        StoreError error = _store.Engine.Range(request, _body, out _current);
        if (error != StoreError.None)
        {
            return error;
        }

        _revision = request.Revision > 0 ? request.Revision : _current.Value;
        _total = ReadCount(_body.Written);
        _left = request.Limit > 0 ? Math.Min(request.Limit, _total) : _total;
        _isStarted = true;
        _body.Clear();
        return StoreError.None;
    }

    private StoreError ReadChunk(Store.Requests.RangeRequest request)
    {
        request.Key = _nextKey ?? request.Key;
        request.Revision = _revision;
        request.Limit = Math.Min(_keys, _left);
        request.WithoutCount = true;
        // After many small values the next ones may be large: a chunk is bounded in bytes, not in keys alone.
        request.BytesMax = ChunkBytesMax;
        _body.Clear();
        StoreError error = _store.Engine.Range(request, _body, out _);
        if (error != StoreError.None)
        {
            return error;
        }

        Advance(request.Limit);
        Resize();
        return StoreError.None;
    }

    /// <summary>Goes behind the last key that was read.</summary>
    private void Advance(long asked)
    {
        long read = 0;
        ReadOnlySpan<byte> last = default;
        var reader = new ProtoReader(_body.Written);
        while (reader.Next())
        {
            Invariant.Require(reader.Field == KeyValuesField);
            last = reader.ReadBytes();
            read++;
        }

        // The revision is fixed, so there are as many keys as were counted; fewer only when the bytes ended the chunk.
        Invariant.Require(!reader.Malformed && (read == asked || (read > 0 && _body.Length >= ChunkBytesMax)));
        _left -= read;
        var keyValue = new ProtoReader(last);
        while (keyValue.Next() && keyValue.Field != KeyField)
        {
            keyValue.Skip();
        }

        // The smallest key behind K is K and a zero byte.
        _nextKey = [.. keyValue.ReadBytes(), 0];
    }

    /// <summary>etcd 3.7: doubles below half of the largest request's size, halves above twice of it.</summary>
    private void Resize()
    {
        long target = _store.Options.RequestBytesMax;
        if (_body.Length < target / 2)
        {
            _keys *= 2;
        }
        else if (_body.Length >= ChunkBytesMax)
        {
            _keys = Math.Max(1, _keys / 2);
        }
    }

    private void Write(IBufferWriter<byte> response, Store.Requests.RangeRequest request)
    {
        var range = new ProtoBuffer();
        if (IsDone)
        {
            ResponseWriter.Header(range, _store.Header(_current));
        }

        Span<byte> head = response.GetSpan(2 * ProtoSize.VarintBytesMax);
        var end = new ProtoBuffer();
        if (IsDone)
        {
            bool more = !request.CountOnly && request.Limit > 0 && request.Limit < _total;
            ResponseWriter.RangeEnd(end, more, _total);
        }

        var writer = new ProtoWriter(head);
        writer.BeginMessage(ResponseField, range.Length + _body.Length + end.Length);
        response.Advance(writer.Position);
        response.Write(range.Written);
        response.Write(_body.Written);
        response.Write(end.Written);
        range.Release();
        end.Release();
        if (IsDone)
        {
            _body.Release();
        }
    }

    private static long ReadCount(ReadOnlySpan<byte> response)
    {
        const int CountField = 4;
        long count = 0;
        var reader = new ProtoReader(response);
        while (reader.Next())
        {
            if (reader.Field == CountField)
            {
                count = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return count;
    }
}
