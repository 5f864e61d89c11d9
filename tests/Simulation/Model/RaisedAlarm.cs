namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.AlarmMember.</summary>
public readonly record struct RaisedAlarm(ulong Member, AlarmType Type);
