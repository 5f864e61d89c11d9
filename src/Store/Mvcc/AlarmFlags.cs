namespace Keelson.Store.Mvcc;

/// <summary>Alarms raised by any member, as apply needs them: at a glance.</summary>
[Flags]
internal enum AlarmFlags
{
    None = 0,
    NoSpace = 1,
    Corrupt = 2,
}
