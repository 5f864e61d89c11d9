using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Keelson.Rpc.Framing;

/// <summary>
/// Cuts a byte stream into gRPC messages: one flag byte, four bytes of length, the message (gRPC over HTTP/2,
/// "Length-Prefixed-Message"). A message that lies in one piece is handed out without a copy; the pipe is advanced when
/// the next one is asked for. Memory follows the bytes that arrived, never a declared length.
/// </summary>
internal sealed class FrameReader
{
    public const int PrefixBytes = 5;

    private PipeReader? _pipe;
    private string? _encoding;
    private int _messageBytesMax;
    private byte[]? _rented;
    private SequencePosition _heldEnd;
    private bool _held;

    /// <summary>Valid after <see cref="FrameOutcome.Message"/> until <see cref="Release"/> or the next read.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>Why the input is broken; success until then.</summary>
    public RpcStatus Failure { get; private set; }

    public void Start(PipeReader pipe, string? encoding, int messageBytesMax)
    {
        _pipe = pipe;
        _encoding = encoding;
        _messageBytesMax = messageBytesMax;
        Failure = default;
    }

    /// <summary>Reads the next message. <see cref="FrameOutcome.Incomplete"/> is never the answer.</summary>
    /// <exception cref="OperationCanceledException">The token was set.</exception>
    /// <exception cref="IOException">The connection or stream is gone.</exception>
    public ValueTask<FrameOutcome> ReadAsync(CancellationToken cancellationToken)
    {
        Release();
        if (!Failure.IsOK)
        {
            return new ValueTask<FrameOutcome>(FrameOutcome.Broken);
        }

        if (_pipe!.TryRead(out ReadResult result))
        {
            FrameOutcome outcome = Take(result);
            if (outcome != FrameOutcome.Incomplete)
            {
                return new ValueTask<FrameOutcome>(outcome);
            }
        }

        return ReadSlowAsync(cancellationToken);
    }

    /// <summary>Gives back what the current message occupies. Harmless when there is none.</summary>
    public void Release()
    {
        if (_held)
        {
            _held = false;
            _pipe!.AdvanceTo(_heldEnd);
        }

        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }

        Message = default;
    }

    public void Stop()
    {
        Release();
        _pipe = null;
        _encoding = null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FrameOutcome> ReadSlowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            FrameOutcome outcome = Take(await _pipe!.ReadAsync(cancellationToken));
            if (outcome != FrameOutcome.Incomplete)
            {
                return outcome;
            }
        }
    }

    private FrameOutcome Take(in ReadResult result)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        if (buffer.Length < PrefixBytes)
        {
            return result.IsCompleted ? End(buffer) : WaitForMore(buffer);
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        RpcStatus fault = CheckPrefix(prefix[0], length);
        if (!fault.IsOK)
        {
            return Break(buffer, fault);
        }

        if (buffer.Length < PrefixBytes + length)
        {
            return result.IsCompleted ? Break(buffer, FrameFaults.UnexpectedEnd) : WaitForMore(buffer);
        }

        return TakeBody(buffer.Slice(PrefixBytes, length), isCompressed: prefix[0] == 1);
    }

    private RpcStatus CheckPrefix(byte flag, uint length) => flag switch
    {
        > 1 => FrameFaults.UnknownFlag(flag),
        1 when _encoding is null or "identity" => FrameFaults.CompressedWithoutEncoding,
        1 when _encoding != Gunzip.EncodingName => FrameFaults.UnknownEncoding(_encoding),
        _ when length > _messageBytesMax => FrameFaults.TooLarge(length, _messageBytesMax),
        _ => default,
    };

    private FrameOutcome TakeBody(in ReadOnlySequence<byte> body, bool isCompressed)
    {
        if (isCompressed)
        {
            RpcStatus status = Gunzip.Expand(body, _messageBytesMax, out _rented, out int length);
            Message = _rented.AsMemory(0, length);
            Failure = status;
            _pipe!.AdvanceTo(body.End);
            return status.IsOK ? FrameOutcome.Message : FrameOutcome.Broken;
        }

        if (body.IsSingleSegment)
        {
            Message = body.First;
            _heldEnd = body.End;
            _held = true;
            return FrameOutcome.Message;
        }

        _rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
        body.CopyTo(_rented);
        Message = _rented.AsMemory(0, (int)body.Length);
        _pipe!.AdvanceTo(body.End);
        return FrameOutcome.Message;
    }

    private FrameOutcome End(in ReadOnlySequence<byte> rest)
    {
        if (!rest.IsEmpty)
        {
            return Break(rest, FrameFaults.UnexpectedEnd);
        }

        _pipe!.AdvanceTo(rest.End);
        return FrameOutcome.End;
    }

    private FrameOutcome Break(in ReadOnlySequence<byte> rest, RpcStatus fault)
    {
        Failure = fault;
        _pipe!.AdvanceTo(rest.End);
        return FrameOutcome.Broken;
    }

    private FrameOutcome WaitForMore(in ReadOnlySequence<byte> buffer)
    {
        // Examined to the end: Kestrel reopens the flow control window by what was examined, so that a message larger
        // than the window can arrive.
        _pipe!.AdvanceTo(buffer.Start, buffer.End);
        return FrameOutcome.Incomplete;
    }
}
