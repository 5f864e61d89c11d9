namespace Keelson.Store;

/// <summary>Why the store refuses requests until somebody has looked; the values are etcd's AlarmType.</summary>
public enum StoreAlarm
{
    None = 0,

    /// <summary>A server's quota or disk was used up: whatever stores more is refused.</summary>
    NoSpace = 1,

    /// <summary>Members were found to hold different data: everything but keeping leases alive is refused.</summary>
    Corrupt = 2,
}
