using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Keelson.Rpc.Framing;

/// <summary>
/// Writes one gRPC message straight into a pipe. The five bytes in front are reserved first and filled in when the
/// length is known. Until <see cref="IsCommitted"/> the pipe knows nothing of the message, and
/// <see cref="Discard"/> makes it as if it had never begun.
/// </summary>
internal sealed class FrameWriter : IBufferWriter<byte>
{
    private PipeWriter? _pipe;
    private Memory<byte> _prefix;
    private Memory<byte> _block;
    private int _blockUsed;
    private long _length;

    /// <summary>True once bytes of the current message went to the pipe and cannot be taken back.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>Bytes of the message so far, without the prefix.</summary>
    public long Length => _length;

    public void Start(PipeWriter pipe)
    {
        _pipe = pipe;
        Discard();
    }

    public void Stop()
    {
        _pipe = null;
        Discard();
    }

    /// <summary>Forgets the uncommitted message.</summary>
    public void Discard()
    {
        _prefix = default;
        _block = default;
        _blockUsed = 0;
        _length = 0;
        IsCommitted = false;
    }

    /// <summary>Fills in the length and hands the message to the pipe, which still has to be flushed.</summary>
    public void End()
    {
        if (_prefix.IsEmpty)
        {
            NextBlock(0);
        }

        Span<byte> prefix = _prefix.Span;
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)_length);
        _pipe!.Advance(_blockUsed);
        Discard();
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_block.Length - _blockUsed));
        _blockUsed += count;
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_block.Length - _blockUsed < Math.Max(sizeHint, 1))
        {
            NextBlock(sizeHint);
        }

        return _block[_blockUsed..];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void NextBlock(int sizeHint)
    {
        Invariant.Require(_pipe is not null);
        if (_prefix.IsEmpty)
        {
            _block = _pipe.GetMemory(sizeHint + FrameReader.PrefixBytes);
            _prefix = _block[..FrameReader.PrefixBytes];
            _blockUsed = FrameReader.PrefixBytes;
            return;
        }

        _pipe.Advance(_blockUsed);
        IsCommitted = true;
        _block = _pipe.GetMemory(sizeHint);
        _blockUsed = 0;
    }
}
