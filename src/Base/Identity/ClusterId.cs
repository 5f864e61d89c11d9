namespace Keelson.Base.Identity;

/// <summary>A cluster's id, shown in hexadecimal as etcd shows it.</summary>
public readonly record struct ClusterId(ulong Value) : IComparable<ClusterId>
{
    public int CompareTo(ClusterId other) => Value.CompareTo(other.Value);

    public static bool operator <(ClusterId left, ClusterId right) => left.Value < right.Value;

    public static bool operator >(ClusterId left, ClusterId right) => left.Value > right.Value;

    public static bool operator <=(ClusterId left, ClusterId right) => left.Value <= right.Value;

    public static bool operator >=(ClusterId left, ClusterId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
