using System.IO.Compression;

namespace Keelson.Rpc.Framing;

/// <summary>Expands a gzip message; what comes out is bounded like any message, however small it came in.</summary>
internal static class Gunzip
{
    public const string EncodingName = "gzip";

    private const int FirstBytes = 4096;

    /// <summary>On success <paramref name="rented"/> is an array of the shared pool, owned by the caller.</summary>
    public static RpcStatus Expand(
        in ReadOnlySequence<byte> compressed, int lengthMax, out byte[]? rented, out int length)
    {
        byte[] output = ArrayPool<byte>.Shared.Rent(FirstBytes);
        length = 0;
        RpcStatus status = default;
        try
        {
            using var input = new MemoryStream(compressed.ToArray(), writable: false);
            using var gzip = new GZipStream(input, CompressionMode.Decompress);
            int count;
            while (length <= lengthMax && (count = gzip.Read(output, length, output.Length - length)) > 0)
            {
                length += count;
                output = length == output.Length ? Grow(output) : output;
            }

            status = length > lengthMax ? FrameFaults.TooLargeExpanded(lengthMax) : default;
        }
        catch (InvalidDataException)
        {
            status = FrameFaults.DamagedCompression;
        }

        if (!status.IsOK)
        {
            ArrayPool<byte>.Shared.Return(output);
            length = 0;
        }

        rented = status.IsOK ? output : null;
        return status;
    }

    private static byte[] Grow(byte[] full)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
