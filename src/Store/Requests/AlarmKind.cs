namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.AlarmType.</summary>
internal enum AlarmKind
{
    None = 0,
    NoSpace = 1,
    Corrupt = 2,
}
