namespace Keelson.Architecture;

/// <summary>One broken rule at one place. <see cref="Size"/> is what a size rule measured, otherwise 1.</summary>
internal sealed record Offence(string Rule, string Path, int Line, string Subject)
{
    public required string Advice { get; init; }

    public int Size { get; init; } = 1;

    public override string ToString() => $"{Path}:{Line}: {Rule}: {Subject}: {Advice}";
}
