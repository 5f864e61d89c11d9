using Keelson.Base.Seams;

namespace Keelson.Simulation.Model;

/// <summary>Choices from a source of random numbers.</summary>
internal sealed class Draws(IRandom random)
{
    /// <summary>A number in [0, <paramref name="limit"/>).</summary>
    public int Below(int limit) => (int)(random.Next() % (ulong)limit);

    /// <summary>A number in [<paramref name="first"/>, <paramref name="last"/>].</summary>
    public long Between(long first, long last) =>
        last <= first ? first : first + (long)(random.Next() % (ulong)(last - first + 1));

    public bool Percent(int percent) => Below(100) < percent;

    /// <summary>True once in <paramref name="count"/> draws.</summary>
    public bool OneIn(int count) => Below(count) == 0;

    public T Pick<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];
}
