using System.Buffers.Binary;

namespace Keelson.Bench.Load.Transport;

/// <summary>The nine bytes in front of each HTTP/2 frame (RFC 9113, section 4.1).</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int Stream)
{
    public const int Bytes = 9;

    /// <summary>The largest payload length that the field can hold.</summary>
    public const int LengthMax = (1 << 24) - 1;

    public bool EndsStream =>
        Type is FrameType.Data or FrameType.Headers && Flags.HasFlag(FrameFlags.EndStream);

    public static bool TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < Bytes)
        {
            return false;
        }

        int length = (source[0] << 16) | (source[1] << 8) | source[2];
        // The top bit of the stream id is reserved and must be ignored.
        int stream = BinaryPrimitives.ReadInt32BigEndian(source[5..]) & int.MaxValue;
        header = new FrameHeader(length, (FrameType)source[3], (FrameFlags)source[4], stream);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)(Length >> 16);
        destination[1] = (byte)((Length >> 8) & 0xFF);
        destination[2] = (byte)(Length & 0xFF);
        destination[3] = (byte)Type;
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], Stream);
    }
}
