namespace Keelson.Fuzz.Driver;

/// <summary>What a parser is given: one message, or the bytes of several files.</summary>
/// <param name="Parts">The messages or files.</param>
/// <param name="Resealed">
/// The checksums were put right after the bytes were changed: the parser takes them for what was written, so its answer
/// may be wrong, but it must still end in a documented way.
/// </param>
internal sealed record FuzzInput(byte[][] Parts, bool Resealed = false)
{
    public FuzzInput(byte[] only)
        : this([only])
    {
    }

    public int Length => Parts.Sum(part => part.Length);

    public FuzzInput Copy() => this with { Parts = [.. Parts.Select(part => (byte[])part.Clone())] };
}
