using System.Buffers.Binary;
using System.Security.Cryptography;
using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>The machine's random numbers.</summary>
public sealed class SystemRandom : IRandom
{
    public ulong Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
