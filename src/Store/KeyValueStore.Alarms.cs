using Keelson.Base.Codec;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store;

/// <summary>Alarms: raised by a server over this directory, and durable until they are disarmed.</summary>
public sealed partial class KeyValueStore
{
    /// <summary>
    /// The alarms that are raised. A store inside a program raises none: it refuses what finds no room, and goes on
    /// when there is some.
    /// </summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public IReadOnlyList<StoreAlarm> ListAlarms() => [.. RaisedAlarms().Select(alarm => alarm.Kind).Distinct()];

    /// <summary>
    /// Takes an alarm back, whichever members raised it; false when none did. Whether its reason is gone is not asked.
    /// </summary>
    /// <param name="alarm">Which one.</param>
    /// <param name="cancellationToken">Ends the waiting; the alarm may still be disarmed.</param>
    public async ValueTask<bool> DisarmAlarmAsync(StoreAlarm alarm, CancellationToken cancellationToken = default)
    {
        bool disarmed = false;
        foreach ((ulong member, _) in RaisedAlarms().Where(raised => raised.Kind == alarm))
        {
            var request = new ProtoBuffer();
            RequestEncoder.Alarm(request, new AlarmRequest(AlarmAction.Deactivate, member, (AlarmKind)alarm));
            await ProposeAsync(RequestKind.Alarm, request, null, cancellationToken);
            disarmed = true;
        }

        return disarmed;
    }

    private List<(ulong Member, StoreAlarm Kind)> RaisedAlarms()
    {
        var response = new ProtoBuffer();
        _engine.Readers.Alarms(AlarmKind.None, response);
        List<(ulong, StoreAlarm)> raised = ResponseDecoder.Alarms(response.Written);
        response.Release();
        return raised;
    }
}
