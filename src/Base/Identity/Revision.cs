namespace Keelson.Base.Identity;

/// <summary>
/// The store's main revision: rises by one with every request that changed something. An empty store is at 1
/// (etcd 3.x: the first write yields 2).
/// </summary>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>The revision of a store in which nothing was ever written.</summary>
    public static readonly Revision First = new(1);

    public Revision Next() => new(Value + 1);

    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
