namespace Keelson.Simulation.Model;

public sealed partial class EtcdModel
{
    /// <summary>
    /// What raised alarms refuse: NOSPACE whatever stores more, CORRUPT everything that goes through the log but alarms
    /// and keep-alives. Reads stay, a transaction of ranges alone too: it is a read.
    /// </summary>
    private EtcdError CheckAlarms(Operation operation)
    {
        bool exempt = operation is Operation.Alarm or Operation.Range or Operation.LeaseTimeToLive
            or Operation.LeaseLeases or Operation.LeaseKeepAlive or Operation.AdvanceTime
            || (operation is Operation.Txn txn && txn.Success.Concat(txn.Failure).All(item => item is Operation.Range));
        if (exempt)
        {
            return EtcdError.None;
        }

        if (_alarms.Any(alarm => alarm.Type == AlarmType.Corrupt))
        {
            return EtcdError.Corrupt;
        }

        return _alarms.Count > 0 && Stores(operation) ? EtcdError.NoSpace : EtcdError.None;
    }

    /// <summary>Puts of a nested transaction do not count (etcd 3.5 to 3.8, quota.go: costTxn; measured too).</summary>
    private static bool Stores(Operation operation) => operation switch
    {
        Operation.Put or Operation.LeaseGrant => true,
        Operation.Txn txn => txn.Success.Concat(txn.Failure).Any(inner => inner is Operation.Put),
        _ => false,
    };

    private OperationResult ExecuteAlarm(Operation.Alarm alarm)
    {
        var raised = (alarm.Member, alarm.Type);
        bool told = alarm.Verb switch
        {
            AlarmVerb.Activate => alarm.Type != AlarmType.None && (_alarms.Add(raised) || true),
            AlarmVerb.Deactivate => _alarms.Remove(raised),
            _ => false,
        };
        IEnumerable<RaisedAlarm> listed = alarm.Verb == AlarmVerb.Get
            ? _alarms.Where(item => alarm.Type is AlarmType.None || alarm.Type == item.Type)
                .Select(item => new RaisedAlarm(item.Member, item.Type))
            : told ? [new RaisedAlarm(alarm.Member, alarm.Type)] : [];
        return new OperationResult { Alarms = listed.ToList() };
    }
}
