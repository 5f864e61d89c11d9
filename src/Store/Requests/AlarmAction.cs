namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.AlarmRequest.AlarmAction.</summary>
internal enum AlarmAction
{
    Get = 0,
    Activate = 1,
    Deactivate = 2,
}
