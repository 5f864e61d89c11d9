using System.Buffers;

namespace Keelson.Base.Codec;

/// <summary>
/// A growing protobuf message in pooled memory, for answers whose size is not known beforehand. Nested messages are
/// closed by inserting their length, so that the bytes are the same as any other encoder's.
/// </summary>
/// <remarks>
/// One owner. <see cref="Release"/> gives the memory back, after which no span taken from it may be used; a buffer that
/// is simply dropped costs the pool an array and nothing else, so it is not disposable.
/// </remarks>
public sealed class ProtoBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 512;

    /// <summary>A message that was given up keeps no more than this, or what is written at once.</summary>
    private const int ScratchBytesMax = 1 << 20;

    private byte[] _bytes = [];
    private int _room;
    private int _bytesMax;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// The message passed its limit: what was written is gone, and what is still written goes nowhere.
    /// </summary>
    public bool IsOverflown { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>
    /// From now until it is cleared the buffer gives its content up above so many bytes, where it would else throw when
    /// no array can hold them: for writers that must not fail half-way.
    /// </summary>
    public void GiveUpAbove(int bytesMax)
    {
        Invariant.Require(bytesMax > 0 && Length <= bytesMax);
        _bytesMax = bytesMax;
        _room = Math.Min(_bytes.Length, bytesMax);
    }

    public void Clear()
    {
        Length = 0;
        _bytesMax = 0;
        _room = _bytes.Length;
        IsOverflown = false;
    }

    public void UInt64(int field, ulong value)
    {
        var writer = new ProtoWriter(GetSpan(2 * ProtoSize.VarintBytesMax));
        writer.UInt64(field, value);
        Length += writer.Position;
    }

    public void Int64(int field, long value) => UInt64(field, unchecked((ulong)value));

    public void Bool(int field, bool value) => UInt64(field, value ? 1UL : 0UL);

    /// <summary>Writes a bytes or string field; nothing when empty.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Message(field, value);
        }
    }

    /// <summary>Writes an encoded submessage, also when it is empty.</summary>
    public void Message(int field, ReadOnlySpan<byte> message)
    {
        message.CopyTo(Message(field, message.Length));
    }

    /// <summary>Writes the head of a submessage and returns its <paramref name="length"/> bytes to be filled.</summary>
    public Span<byte> Message(int field, int length)
    {
        Span<byte> span = GetSpan((2 * ProtoSize.VarintBytesMax) + length);
        var writer = new ProtoWriter(span);
        writer.BeginMessage(field, length);
        Length += writer.Position + length;
        return span.Slice(writer.Position, length);
    }

    /// <summary>Opens a submessage of unknown length; pass the mark to <see cref="EndMessage"/>.</summary>
    public int BeginMessage(int field)
    {
        var writer = new ProtoWriter(GetSpan(ProtoSize.VarintBytesMax));
        writer.Tag(field, WireType.Length);
        Length += writer.Position;
        return Length;
    }

    /// <summary>Closes the submessage: moves its bytes up and puts their length before them.</summary>
    public void EndMessage(int mark)
    {
        int length = Length - mark;
        int prefix = ProtoSize.Varint((ulong)Math.Max(0, length));
        GetSpan(prefix);
        if (IsOverflown)
        {
            // What the mark points to is gone.
            return;
        }

        _bytes.AsSpan(mark, length).CopyTo(_bytes.AsSpan(mark + prefix));
        new ProtoWriter(_bytes.AsSpan(mark, prefix)).Varint((ulong)length);
        Length += prefix;
    }

    public void Advance(int count)
    {
        Invariant.Require(count >= 0 && Length + count <= _bytes.Length);
        Length += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <summary>Gives the memory back; the buffer is empty and may be used again.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        Clear();
    }

    /// <exception cref="MessageTooLargeException">No array can hold it.</exception>
    private void Grow(int sizeHint)
    {
        long wanted = (long)Length + Math.Max(sizeHint, 1);
        if (wanted > _room)
        {
            GrowTo(wanted, sizeHint);
        }
    }

    private void GrowTo(long wanted, int sizeHint)
    {
        bool givesUp = _bytesMax > 0;
        long bytesMax = givesUp ? _bytesMax : Array.MaxLength;
        if (IsOverflown || (givesUp && wanted > bytesMax))
        {
            Overflow(sizeHint);
            return;
        }

        if (wanted > bytesMax)
        {
            throw new MessageTooLargeException(wanted);
        }

        Enlarge(wanted, bytesMax);
    }

    /// <summary>What comes from now on is overwritten by what follows.</summary>
    private void Overflow(int sizeHint)
    {
        IsOverflown = true;
        Length = 0;
        int scratch = Math.Max(sizeHint, FirstBytes);
        if (_bytes.Length < scratch || _bytes.Length > ScratchBytesMax)
        {
            Replace(scratch);
        }

        _room = _bytes.Length;
    }

    private void Enlarge(long wanted, long bytesMax)
    {
        long doubled = Math.Min(2L * _bytes.Length, bytesMax);
        Replace((int)Math.Max(Math.Max(wanted, doubled), FirstBytes));
        _room = (int)Math.Min(_bytes.Length, bytesMax);
    }

    /// <summary>Moves what is written into other memory.</summary>
    private void Replace(int length)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(length);
        Written.CopyTo(other);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = other;
    }
}
