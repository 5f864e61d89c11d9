namespace Keelson.Base.Seams;

/// <summary>The only way in for randomness. Not cryptographic by contract.</summary>
public interface IRandom
{
    /// <summary>64 bits, uniform.</summary>
    ulong Next();
}
