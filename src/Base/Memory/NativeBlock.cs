using System.Runtime.InteropServices;

namespace Keelson.Base.Memory;

/// <summary>
/// Memory outside the garbage collected heap, so that a full mark sees thousands of objects instead of millions
/// (tree pages, history, log buffers). A value: whoever allocated it owns it and frees it exactly once, at once with
/// <see cref="Free"/> or, when readers may still look at it, through <see cref="EpochGate.Retire"/>.
/// </summary>
public readonly unsafe struct NativeBlock : IEquatable<NativeBlock>
{
    private readonly byte* _address;

    private NativeBlock(byte* address, int length)
    {
        _address = address;
        Length = length;
    }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    public bool IsNull => _address == null;

    public Span<byte> Span => new(_address, Length);

    /// <summary>The address, for storing in native structures; 0 for the null block.</summary>
    public nint Address => (nint)_address;

    /// <summary>Allocates <paramref name="length"/> bytes of undefined content.</summary>
    public static NativeBlock Allocate(int length)
    {
        Invariant.Require(length > 0);
        return new NativeBlock((byte*)NativeMemory.Alloc((nuint)length), length);
    }

    /// <summary>Allocates at a multiple of <paramref name="alignment"/> bytes, a power of two.</summary>
    public static NativeBlock AllocateAligned(int length, int alignment)
    {
        Invariant.Require(length > 0);
        return new NativeBlock((byte*)NativeMemory.AlignedAlloc((nuint)length, (nuint)alignment), length);
    }

    /// <summary>A block whose parts were stored apart; the pair must come from a live block.</summary>
    public static NativeBlock FromAddress(nint address, int length) => new((byte*)address, length);

    /// <summary>Frees the memory: also right for aligned blocks (on Linux both come from one allocator).</summary>
    public void Free() => NativeMemory.Free(_address);

    public bool Equals(NativeBlock other) => _address == other._address && Length == other.Length;

    public override bool Equals(object? obj) => obj is NativeBlock other && Equals(other);

    public override int GetHashCode() => ((nint)_address).GetHashCode();

    public static bool operator ==(NativeBlock left, NativeBlock right) => left.Equals(right);

    public static bool operator !=(NativeBlock left, NativeBlock right) => !left.Equals(right);
}
