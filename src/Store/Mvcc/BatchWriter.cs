using System.Buffers.Binary;
using Keelson.Base;

namespace Keelson.Store.Mvcc;

/// <summary>Gathers requests into one batch: the payload of one log entry. Reused; one owner at a time.</summary>
internal sealed class BatchWriter
{
    private const int FirstBytes = 16 << 10;

    private byte[] _bytes = new byte[FirstBytes];

    public int RequestCount { get; private set; }

    /// <summary>Bytes written, header included.</summary>
    public int Length { get; private set; } = BatchLayout.HeaderBytes;

    public void Clear()
    {
        // One huge request must not keep its memory for as long as the batch is reused.
        if (_bytes.Length > 2 * BatchLayout.BatchBytesMax)
        {
            _bytes = new byte[FirstBytes];
        }

        RequestCount = 0;
        Length = BatchLayout.HeaderBytes;
    }

    /// <summary>True when a request of this length may join; the first one always may.</summary>
    public bool HasRoom(int requestBytes) =>
        RequestCount == 0
        || (RequestCount < BatchLayout.RequestsMax
            && Length + BatchLayout.RequestHeaderBytes + requestBytes <= BatchLayout.BatchBytesMax);

    public void Add(RequestKind kind, ReadOnlySpan<byte> request)
    {
        Invariant.Require(HasRoom(request.Length));
        Reserve(BatchLayout.RequestHeaderBytes + request.Length);
        Span<byte> target = _bytes.AsSpan(Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[BatchLayout.RequestKindOffset..], (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(target[BatchLayout.RequestLengthOffset..], request.Length);
        request.CopyTo(target[BatchLayout.RequestHeaderBytes..]);
        Length += BatchLayout.RequestHeaderBytes + request.Length;
        RequestCount++;
    }

    /// <summary>The batch's bytes; complete after <see cref="Finish"/>, valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(0, Length);

    /// <summary>Closes the batch: writes its header. May be called again.</summary>
    public void Finish(long clusterTimeMilliseconds, BatchOrigin origin = default)
    {
        Span<byte> header = _bytes.AsSpan(0, BatchLayout.HeaderBytes);
        header.Clear();
        header[BatchLayout.VersionOffset] = BatchLayout.Version;
        BinaryPrimitives.WriteInt32LittleEndian(header[BatchLayout.RequestCountOffset..], RequestCount);
        Stamp(header, clusterTimeMilliseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BatchLayout.OriginIncarnationOffset..], origin.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(header[BatchLayout.OriginNumberOffset..], origin.Number);
    }

    /// <summary>Sets the time of a finished batch: only who orders it knows the cluster's.</summary>
    public static void Stamp(Span<byte> batch, long clusterTimeMilliseconds) =>
        BinaryPrimitives.WriteInt64LittleEndian(batch[BatchLayout.ClusterTimeOffset..], clusterTimeMilliseconds);

    private void Reserve(int count)
    {
        if (Length + count <= _bytes.Length)
        {
            return;
        }

        Array.Resize(ref _bytes, Math.Max(Length + count, 2 * _bytes.Length));
    }
}
