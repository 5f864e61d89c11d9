using Keelson.Base.Codec;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Membership;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Refuses what would store more than the quota or the disk allows, and raises NOSPACE once. The quota is on live bytes
/// and history: etcd counts its file, so that freed space does not help there until somebody defragments.
/// </summary>
internal sealed class QuotaGuard
{
    private readonly long _quotaBytes;
    private readonly NodeIdentity _identity;
    private readonly ILogger _logger;

    /// <param name="quotaBytes">Zero when there is none.</param>
    /// <param name="identity">Whose alarm it is.</param>
    /// <param name="logger">Told when the alarm is raised.</param>
    public QuotaGuard(long quotaBytes, NodeIdentity identity, ILogger logger)
    {
        _quotaBytes = quotaBytes;
        _identity = identity;
        _logger = logger;
    }

    /// <summary>False when the request must be refused for lack of space: see <see cref="RaiseAsync"/>.</summary>
    public bool Admits(StoreEngine engine, RequestKind kind, ReadOnlySpan<byte> request)
    {
        bool mayStore = kind is RequestKind.Put or RequestKind.Txn or RequestKind.LeaseGrant;
        if (!mayStore)
        {
            return true;
        }

        bool fitsQuota = _quotaBytes == 0 || engine.BytesInUse + RequestCost.Of(kind, request) <= _quotaBytes;
        return fitsQuota && engine.HasDiskRoom(kind, request);
    }

    /// <summary>A request was refused: raises the alarm unless it is raised, as patient as the request was.</summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public async ValueTask RaiseAsync(StoreEngine engine, CallerPatience patience)
    {
        if (engine.State.Alarms.HasFlag(AlarmFlags.NoSpace))
        {
            return;
        }

        _logger.AlarmRaised("NOSPACE", engine.BytesInUse, _quotaBytes, engine.DiskRoomBytes);
        var request = new ProtoBuffer();
        RequestEncoder.Alarm(
            request, new AlarmRequest(AlarmAction.Activate, _identity.Member.Value, AlarmKind.NoSpace));
        // Whether or not the alarm came through: this request is refused, the next one tries again.
        await engine.ProposeAsync(
            RequestKind.Alarm, request.WrittenMemory, null, continuesQuickly: true, patience);
    }
}
