using System.Buffers.Binary;

namespace Keelson.Store.Mvcc;

/// <summary>Walks the requests of a batch in place. Damage is a value: <see cref="Malformed"/>.</summary>
internal ref struct BatchReader
{
    private readonly ReadOnlySpan<byte> _batch;
    private int _position;
    private int _left;

    public BatchReader(ReadOnlySpan<byte> batch)
    {
        _batch = batch;
        if (batch.Length < BatchLayout.HeaderBytes || batch[BatchLayout.VersionOffset] != BatchLayout.Version)
        {
            Malformed = true;
            return;
        }

        _position = BatchLayout.HeaderBytes;
        _left = BinaryPrimitives.ReadInt32LittleEndian(batch[BatchLayout.RequestCountOffset..]);
        ClusterTimeMilliseconds = BinaryPrimitives.ReadInt64LittleEndian(batch[BatchLayout.ClusterTimeOffset..]);
        Origin = new BatchOrigin(
            BinaryPrimitives.ReadUInt64LittleEndian(batch[BatchLayout.OriginIncarnationOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(batch[BatchLayout.OriginNumberOffset..]));
        Malformed = _left < 0;
    }

    /// <summary>Who gathered it.</summary>
    public BatchOrigin Origin { get; }

    /// <summary>Cluster time of the batch.</summary>
    public long ClusterTimeMilliseconds { get; }

    /// <summary>True when the bytes are not a batch: it passed its checksum, so another version wrote it.</summary>
    public bool Malformed { get; private set; }

    public RequestKind Kind { get; private set; }

    public ReadOnlySpan<byte> Request { get; private set; }

    public bool Next()
    {
        if (Malformed || _left == 0)
        {
            Malformed |= _position != _batch.Length;
            return false;
        }

        ReadOnlySpan<byte> rest = _batch[_position..];
        if (rest.Length < BatchLayout.RequestHeaderBytes)
        {
            Malformed = true;
            return false;
        }

        Kind = (RequestKind)BinaryPrimitives.ReadInt32LittleEndian(rest[BatchLayout.RequestKindOffset..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest[BatchLayout.RequestLengthOffset..]);
        rest = rest[BatchLayout.RequestHeaderBytes..];
        if (length < 0 || length > rest.Length)
        {
            Malformed = true;
            return false;
        }

        Request = rest[..length];
        _position += BatchLayout.RequestHeaderBytes + length;
        _left--;
        return true;
    }
}
