namespace Keelson.Base.Identity;

/// <summary>
/// The revision of one change: the main revision of its request and the position of the change inside that request
/// (etcd's main and sub revision). It is also the address of the change in the history.
/// </summary>
public readonly record struct ChangeRevision(long Main, int Sub) : IComparable<ChangeRevision>
{
    /// <summary>Sorts after every change.</summary>
    public static ChangeRevision Last => new(long.MaxValue, int.MaxValue);

    /// <summary>
    /// Sorts after every change of revision <paramref name="revision"/> and before those of the next.
    /// </summary>
    public static ChangeRevision LastOf(Revision revision) => new(revision.Value, int.MaxValue);

    public Revision Revision => new(Main);

    public int CompareTo(ChangeRevision other)
    {
        int main = Main.CompareTo(other.Main);
        return main != 0 ? main : Sub.CompareTo(other.Sub);
    }

    public static bool operator <(ChangeRevision left, ChangeRevision right) => left.CompareTo(right) < 0;

    public static bool operator >(ChangeRevision left, ChangeRevision right) => left.CompareTo(right) > 0;

    public static bool operator <=(ChangeRevision left, ChangeRevision right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ChangeRevision left, ChangeRevision right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Main}.{Sub}");
}
