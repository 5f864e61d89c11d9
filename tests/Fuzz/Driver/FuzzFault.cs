namespace Keelson.Fuzz.Driver;

/// <summary>What went wrong, and the seed that makes the same input again.</summary>
internal sealed record FuzzFault(string Target, ulong Seed, FuzzFaultKind Kind, string Text)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} in {Target}; again: make fuzz TARGET={Target} SEED={Seed}\n{Text}");
}
