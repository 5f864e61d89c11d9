namespace Keelson.Base.Identity;

/// <summary>A lease's id; 0 means no lease.</summary>
public readonly record struct LeaseId(long Value) : IComparable<LeaseId>
{
    public int CompareTo(LeaseId other) => Value.CompareTo(other.Value);

    public static bool operator <(LeaseId left, LeaseId right) => left.Value < right.Value;

    public static bool operator >(LeaseId left, LeaseId right) => left.Value > right.Value;

    public static bool operator <=(LeaseId left, LeaseId right) => left.Value <= right.Value;

    public static bool operator >=(LeaseId left, LeaseId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
