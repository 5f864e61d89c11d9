using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keelson.Base.Codec;

namespace Keelson.Simulation.World;

/// <summary>
/// A running hash over everything that happens: two runs did the same exactly when theirs are equal at the end.
/// </summary>
internal sealed class TraceHash
{
    private ulong _hash;

    public ulong Value => _hash;

    public void Fold(ReadOnlySpan<byte> bytes) => _hash = Hash64.Compute(bytes, _hash);

    public void Fold(string text) => Fold(MemoryMarshal.AsBytes(text.AsSpan()));

    public void Fold(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Fold(bytes);
    }
}
