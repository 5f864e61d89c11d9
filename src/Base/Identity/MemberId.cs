namespace Keelson.Base.Identity;

/// <summary>A member's id, shown in hexadecimal as etcd shows it.</summary>
public readonly record struct MemberId(ulong Value) : IComparable<MemberId>
{
    public int CompareTo(MemberId other) => Value.CompareTo(other.Value);

    public static bool operator <(MemberId left, MemberId right) => left.Value < right.Value;

    public static bool operator >(MemberId left, MemberId right) => left.Value > right.Value;

    public static bool operator <=(MemberId left, MemberId right) => left.Value <= right.Value;

    public static bool operator >=(MemberId left, MemberId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
