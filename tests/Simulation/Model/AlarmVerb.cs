namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.AlarmRequest.AlarmAction.</summary>
public enum AlarmVerb
{
    Get = 0,
    Activate = 1,
    Deactivate = 2,
}
