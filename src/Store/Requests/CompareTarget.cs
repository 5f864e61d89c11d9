namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.Compare.CompareTarget.</summary>
internal enum CompareTarget
{
    Version = 0,
    Create = 1,
    Mod = 2,
    Value = 3,
    Lease = 4,
}
